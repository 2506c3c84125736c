//! Words, rules and definitions of 控辍保学 (dropout control and school retention).
//!
//! This crate owns no clock, no file and no SQL: `today` is an argument, the definitions are compiled in.
//!
//! Glossary (one English identifier for each term, everywhere):
//!
//! | term | identifier | term | identifier |
//! |---|---|---|---|
//! | 学生 (the child) | `student` | 在籍 (the seat) | `enrolment` |
//! | 监护人, 家庭成员 | `guardian` | 家访 | `home_visit` |
//! | 辍学个案 | `dropout_case` | 劝返 | `persuasion` |
//! | 学籍号 | `student_code` | 学校标识码 | `school_code` |
//! | 中心校 | `center` | 教学点 | `teaching_point` |
//! | 花名册 | `roster` | 台账 | `ledger`, on paper `register` |
//! | 上报 | `export` | 接收 | `merge` |
//! | 上课日 | `school day` | 到期 | `due` |
//! | 疑似 | `suspected` | 认定 | `confirmed` |
//! | 勾稽 | `balance` | 重点提醒 | `early_notice` |
//! | 同一栏填写不同 | `conflict` | 销号 | `close` |

pub mod balance;
pub mod calendar;
pub mod case;
pub mod catalogue;
pub mod check;
pub mod clock;
pub mod codes;
pub mod date;
pub mod definition;
pub mod early_notice;
pub mod folded;
pub mod form;
pub mod grade;
pub mod id;
pub mod id_number;
pub mod label;
pub mod left_behind;
pub mod likeness;
pub mod lives;
pub mod machine;
pub mod overlay;
pub mod path;
pub mod problem;
pub mod rates;
pub mod read;
pub mod report;
pub mod review;
pub mod rollover;
pub mod school_code;
pub mod search_key;
pub mod settings;
pub mod show;
pub mod student_code;
pub mod travels;
pub mod value;
pub mod wording;
pub mod words;

pub use catalogue::Catalogue;
pub use chrono::NaiveDate as Date;
pub use definition::{Field, FieldType, Record};
pub use form::Form;
pub use id::Id;
pub use problem::{Problem, Severity};
pub use value::{Fields, Keyed, Row, Text, Value};
