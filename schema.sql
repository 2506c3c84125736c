-- The whole ledger, executed once to make a new one. Opening checks application_id and user_version.
-- Facts are written by one door (store/batch.rs): to the log below, and from it to the state tables.
-- No UNIQUE, CHECK or foreign key binds facts of different rows: what two villages wrote must always be storable.

PRAGMA application_id = 1113080398;                   -- "BXBN" read as a number: a Baoxue ledger
PRAGMA user_version = 1;                              -- the schema's version; a larger one is a newer program's

-- ── The log ──────────────────────────────────────────────────────────────────────────────────────────────────

-- Rows, by their public id. A row is made on first mention, so that references always hold.
CREATE TABLE obj (
  id INTEGER PRIMARY KEY,                             -- the row inside this file
  uuid BLOB NOT NULL UNIQUE,                          -- the row everywhere, 16 bytes
  record INTEGER,                                     -- its record (term.id); NULL until its first field arrives
  scope INTEGER,                                      -- the organisation it belongs to (obj.id)
  born INTEGER,                                       -- the change that made it (change.id); NULL until that arrives
  life INTEGER                                        -- 1 alive, 0 deleted, 2 deleted by one while another wrote; NULL unborn
) STRICT;

-- Names of fields (record.field) and records, once each.
CREATE TABLE term (
  id INTEGER PRIMARY KEY,                             -- the name inside this file
  text TEXT NOT NULL UNIQUE                           -- the name
) STRICT;

-- Lineages: one hash chain each, or one branch of a tree of chains.
CREATE TABLE lin (
  id INTEGER PRIMARY KEY,                             -- the lineage inside this file
  fork INTEGER,                                       -- the last change shared with the chain it branched from (change.id)
  replica BLOB NOT NULL,                              -- the computer that writes it, 16 bytes
  scope BLOB NOT NULL,                                -- the organisation whose rows it writes, 16 bytes
  tip INTEGER NOT NULL,                               -- depth of its newest change
  tip_hash BLOB NOT NULL                              -- hash of its newest change
) STRICT;

-- Saved forms. Append-only.
CREATE TABLE change (
  id INTEGER PRIMARY KEY,                             -- lineage × 2^32 + depth
  hash BLOB NOT NULL,                                 -- SHA-256, chained
  time INTEGER NOT NULL,                              -- logical time: milliseconds UTC × 2^16 + counter
  who INTEGER NOT NULL,                               -- the person (obj.id)
  flags INTEGER NOT NULL,                             -- 1 clock not believed, 2 undo, 4 choice, 8 import
  batch BLOB,                                         -- saved and undone together, 16 bytes
  undoes INTEGER,                                     -- the change taken back (change.id)
  why TEXT,                                           -- the reason given
  sealed BLOB                                         -- CBOR: what a newer program or an erasure left; NULL as a rule
) STRICT;
CREATE INDEX change_batch ON change (batch) WHERE batch IS NOT NULL;
CREATE INDEX change_undoes ON change (undoes) WHERE undoes IS NOT NULL;

-- Fields written. Append-only.
CREATE TABLE op (
  id INTEGER PRIMARY KEY,                             -- change.id × 2^15 + place in the change
  obj INTEGER NOT NULL,                               -- the row
  field INTEGER NOT NULL,                             -- record.field (term.id)
  kind INTEGER NOT NULL,                              -- 0 value, 1 reopened (CBOR), 2 redaction, 3 erased, 4 codes (JSON), 5 made
  val ANY,                                            -- the value; another row as its 16 bytes; the fields a row was made with
  seen BLOB                                           -- changes its writer had seen on other chains, 8 bytes each
) STRICT;
CREATE INDEX op_obj ON op (obj);

-- Values nobody has replaced, where that is not simply the value a row was made with.
CREATE TABLE head (
  obj INTEGER NOT NULL,                               -- the row
  field INTEGER NOT NULL,                             -- record.field (term.id)
  dot INTEGER NOT NULL,                               -- the change that wrote it (change.id)
  seen BLOB,                                          -- as op.seen, joined over everything below
  PRIMARY KEY (obj, field, dot)
) STRICT, WITHOUT ROWID;

-- Fields with more than one distinct value that nobody has replaced (同一栏填写不同).
CREATE TABLE conflict (
  obj INTEGER NOT NULL,                               -- the row
  field INTEGER NOT NULL,                             -- record.field (term.id)
  PRIMARY KEY (obj, field)
) STRICT, WITHOUT ROWID;

-- Signed runs of a chain. The open run of an own chain has no signature yet.
CREATE TABLE segment (
  id INTEGER PRIMARY KEY,                             -- the segment inside this file
  lin INTEGER NOT NULL,                               -- its lineage
  first INTEGER NOT NULL,                             -- depth of its first change
  last INTEGER,                                       -- depth of its last change; NULL while open
  epoch BLOB NOT NULL,                                -- random bytes that its salts follow from, 32 bytes
  signature BLOB,                                     -- of the computer over the chain up to `last`
  certificate BLOB,                                   -- the computer's certificate by its organisation's key
  package INTEGER                                     -- the package that brought it (arrived.id)
) STRICT;
CREATE INDEX segment_lin ON segment (lin, first);

-- Segments that wait for others (merge.md §2.5).
CREATE TABLE inbox (
  hash BLOB PRIMARY KEY,                              -- SHA-256 of the bytes
  bytes BLOB NOT NULL,                                -- the signed segment
  missing BLOB NOT NULL,                              -- one change it waits for
  package INTEGER                                     -- the package that brought it (arrived.id)
) STRICT;

-- County-added fields (decisions A7).
CREATE TABLE extra (
  obj INTEGER NOT NULL,                               -- the row
  field INTEGER NOT NULL,                             -- x/<organisation>/<name>, or a newer program's field (term.id)
  value ANY,                                          -- its value
  PRIMARY KEY (obj, field)
) STRICT, WITHOUT ROWID;

-- ── State: what the log amounts to, one table a record. Only living rows stand here. ─────────────────────────

-- 单位: decisions A9; domain.md §2.6.
CREATE TABLE organisation (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "name" TEXT,                                        -- 单位名称
  "code" TEXT,                                        -- 学校标识码 · ten digits, or a code of its own
  "kind" TEXT,                                        -- 单位类别 · code org_kind
  "under" INTEGER REFERENCES obj (id),                -- 上级单位 · a organisation (obj.id)
  "under_code" TEXT,                                  -- 上级单位代码
  "township" TEXT,                                    -- 所在乡镇
  "address" TEXT,                                     -- 地址
  "phone" TEXT,                                       -- 联系电话 · canonical
  "principal" TEXT,                                   -- 负责人
  "heir" INTEGER REFERENCES obj (id)                  -- 撤并后承接单位 · a organisation (obj.id)
) STRICT;

-- 教职工: domain.md §5; notice §1 ¶1 (校长负责制).
CREATE TABLE staff (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "name" TEXT,                                        -- 姓名
  "organisation" INTEGER REFERENCES obj (id),         -- 单位 · a organisation (obj.id)
  "duty" TEXT,                                        -- 职务 · codes staff_duty · JSON array of codes
  "phone" TEXT,                                       -- 联系电话 · canonical
  "from_on" TEXT,                                     -- 任职开始 · ISO 8601 day
  "until_on" TEXT                                     -- 任职结束 · ISO 8601 day
) STRICT;

-- 单位名录: package.md §2.
CREATE TABLE org_key (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "organisation" TEXT,                                -- 单位
  "name" TEXT,                                        -- 单位名称
  "code" TEXT,                                        -- 学校标识码
  "kind" TEXT,                                        -- 单位类别 · code org_kind
  "sign_key" TEXT,                                    -- 签名公钥
  "recipient" TEXT,                                   -- 接收公钥
  "recovery_recipient" TEXT,                          -- 恢复公钥
  "enrolled_on" TEXT,                                 -- 建立联系日期 · ISO 8601 day
  "revoked_on" TEXT                                   -- 停用日期 · ISO 8601 day
) STRICT;

-- 学生: domain.md §1.1, §6 (72 items); 教基〔2025〕1号.
CREATE TABLE student (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "name" TEXT,                                        -- 姓名 · item 1
  "sex" TEXT,                                         -- 性别 · code sex · item 2
  "birth_date" TEXT,                                  -- 出生日期 · ISO 8601 day · item 3
  "ethnicity" TEXT,                                   -- 民族 · code ethnicity · item 6
  "id_type" TEXT,                                     -- 身份证件类型 · code id_type · item 8
  "id_number" TEXT,                                   -- 身份证件号 · canonical · item 9 · sensitive
  "student_code" TEXT,                                -- 学籍号 · canonical · sensitive
  "former_name" TEXT,                                 -- 曾用名 · item 15
  "register_name" TEXT,                               -- 户口簿上的姓名（与学籍不同时）
  "household_place" TEXT,                             -- 户口所在地 · item 17
  "household_kind" TEXT,                              -- 户口性质 · code household_kind · item 18
  "village" TEXT,                                     -- 村组
  "address" TEXT,                                     -- 现住址 · item 28
  "phone" TEXT,                                       -- 联系电话 · canonical · item 31
  "home_address" TEXT,                                -- 家庭地址 · item 30
  "mail_address" TEXT,                                -- 通信地址 · item 29
  "postcode" TEXT,                                    -- 邮政编码 · item 32
  "birth_place" TEXT,                                 -- 出生地 · item 4
  "native_place" TEXT,                                -- 籍贯 · item 5
  "country" TEXT,                                     -- 国籍/地区 · code country · item 7
  "overseas" TEXT,                                    -- 港澳台侨外 · code overseas · item 10
  "political" TEXT,                                   -- 政治面貌 · code political · item 11
  "health" TEXT,                                      -- 健康状况 · code health · item 12
  "photo" TEXT,                                       -- 照片 · SHA-256 · item 13
  "name_pinyin" TEXT,                                 -- 姓名拼音 · item 14
  "id_valid_until" TEXT,                              -- 身份证件有效期 · item 16
  "talents" TEXT,                                     -- 特长 · item 19
  "local_code" TEXT,                                  -- 学籍辅号 · item 20
  "code_link" TEXT,                                   -- 学籍接续标识
  "email" TEXT,                                       -- 电子信箱 · item 33
  "homepage" TEXT,                                    -- 主页地址 · item 34
  "blood_type" TEXT,                                  -- 血型 · code blood_type
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX student_id_number ON student ("id_number") WHERE "id_number" IS NOT NULL;
CREATE INDEX student_student_code ON student ("student_code") WHERE "student_code" IS NOT NULL;

-- 监护人或家庭成员: domain.md §1.15, §6 (items 49–72).
CREATE TABLE guardian (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "name" TEXT,                                        -- 姓名 · item 49
  "relation" TEXT,                                    -- 与学生关系 · code relation · item 50
  "phone" TEXT,                                       -- 联系电话 · canonical · item 56
  "is_guardian" INTEGER,                              -- 是否监护人 · 1 yes, 0 no · item 57
  "relation_note" TEXT,                               -- 关系说明 · item 51
  "workplace" TEXT,                                   -- 工作单位 · item 53
  "address" TEXT,                                     -- 现住址 · item 54
  "household_place" TEXT,                             -- 户口所在地 · item 55
  "ethnicity" TEXT,                                   -- 民族 · code ethnicity · item 52
  "id_type" TEXT,                                     -- 身份证件类型 · code id_type · item 58
  "id_number" TEXT,                                   -- 身份证件号 · canonical · item 59 · sensitive
  "post" TEXT,                                        -- 职务 · item 60
  "from_on" TEXT,                                     -- 监护开始 · ISO 8601 day
  "until_on" TEXT                                     -- 监护结束 · ISO 8601 day
) STRICT;
CREATE INDEX guardian_student ON guardian ("student");

-- 在籍记录: decisions A1; domain.md §1.1, §2.9.
CREATE TABLE enrolment (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "organisation" INTEGER REFERENCES obj (id),         -- 学校 · a organisation (obj.id)
  "school_year" TEXT,                                 -- 学年
  "grade" TEXT,                                       -- 年级 · code grade
  "class" TEXT,                                       -- 班级
  "seat_no" TEXT,                                     -- 班内学号
  "kind" TEXT,                                        -- 在籍类别 · code enrolment_kind
  "status" TEXT,                                      -- 就读状态 · code roll_status
  "boarding" TEXT,                                    -- 就读方式 · code boarding
  "entered_month" TEXT,                               -- 入学年月 · ISO 8601 month
  "enter_way" TEXT,                                   -- 入学方式 · code enter_way
  "student_source" TEXT,                              -- 学生来源 · code student_source
  "campus" TEXT,                                      -- 校区号
  "commute_km" TEXT,                                  -- 上下学距离 · decimal text
  "commute" TEXT,                                     -- 上下学交通方式 · code commute
  "school_bus" INTEGER,                               -- 是否需要乘坐校车 · 1 yes, 0 no
  "from_on" TEXT,                                     -- 开始日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 结束日期 · ISO 8601 day
  "stated_on" TEXT                                    -- 登记日期 · ISO 8601 day
) STRICT;
CREATE INDEX enrolment_student ON enrolment ("student");

-- 情况记录: decisions A1; domain.md §2.11, §2.18.
CREATE TABLE fact (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "kind" TEXT,                                        -- 类别 · code fact_kind
  "value" TEXT,                                       -- 认定 · code yes_no or as kind says
  "detail" TEXT,                                      -- 说明 · several lines
  "document" TEXT,                                    -- 证明文号
  "from_on" TEXT,                                     -- 开始日期 · ISO 8601 day
  "until_on" TEXT,                                    -- 结束日期 · ISO 8601 day
  "stated_on" TEXT                                    -- 登记日期 · ISO 8601 day
) STRICT;
CREATE INDEX fact_student ON fact ("student");

-- 家访记录: notice §1 ¶2 (家访制度); domain.md §1.14, §2.17.
CREATE TABLE home_visit (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "visited_on" TEXT,                                  -- 家访日期 · ISO 8601 day
  "way" TEXT,                                         -- 家访方式 · code visit_way
  "kind" TEXT,                                        -- 家访类型 · code visit_kind
  "visitors" TEXT,                                    -- 家访教师
  "companions" TEXT,                                  -- 同行人员
  "met" TEXT,                                         -- 接访人及与学生关系
  "place" TEXT,                                       -- 地点
  "family_condition" TEXT,                            -- 家庭成员与监护状况 · codes family_condition · JSON array of codes
  "family_note" TEXT,                                 -- 家庭情况说明 · several lines
  "at_home" TEXT,                                     -- 学生在家表现 · several lines
  "at_school" TEXT,                                   -- 在校表现反馈 · several lines
  "reporting" TEXT,                                   -- 发现需要强制报告的情形 · codes reporting_trigger · JSON array of codes
  "findings" TEXT,                                    -- 发现的情况 · codes visit_finding · JSON array of codes
  "finding_note" TEXT,                                -- 情况说明 · several lines
  "parents_say" TEXT,                                 -- 家长意见与诉求 · several lines
  "law_told" INTEGER,                                 -- 已讲解义务教育法等法律义务 · 1 yes, 0 no
  "agreed" TEXT,                                      -- 商定措施 · several lines
  "next_on" TEXT                                      -- 下次跟进日期 · ISO 8601 day
) STRICT;
CREATE INDEX home_visit_student ON home_visit ("student");
CREATE INDEX home_visit_next_on ON home_visit ("next_on") WHERE "next_on" IS NOT NULL;

-- 辍学个案: notice §2 (二) (辍学学生信息台账); domain.md §1.5, §3.4.
CREATE TABLE dropout_case (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "visit" INTEGER REFERENCES obj (id),                -- 发现于家访 · a home_visit (obj.id)
  "previous" INTEGER REFERENCES obj (id),             -- 前一次个案 · a dropout_case (obj.id)
  "status" TEXT,                                      -- 个案状态 · code case_status
  "left_on" TEXT,                                     -- 离校日期 · ISO 8601 day
  "found_on" TEXT,                                    -- 发现日期 · ISO 8601 day
  "found_by" TEXT,                                    -- 发现人
  "main_cause" TEXT,                                  -- 主要原因 · code dropout_cause
  "causes" TEXT,                                      -- 其他原因 · codes dropout_cause · JSON array of codes
  "cause_note" TEXT,                                  -- 原因说明 · several lines
  "whereabouts" TEXT,                                 -- 目前去向 · code whereabouts
  "whereabouts_place" TEXT,                           -- 去向地点
  "verified_by" TEXT,                                 -- 核实人
  "verified_on" TEXT,                                 -- 核实日期 · ISO 8601 day
  "family" TEXT,                                      -- 家庭困难类型 · codes hardship · JSON array of codes
  "duty_school" TEXT,                                 -- 劝返责任人（学校）
  "duty_township" TEXT,                               -- 劝返责任人（乡镇、村）
  "measures" TEXT,                                    -- 劝返措施 · several lines
  "confirmed_on" TEXT,                                -- 认定辍学日期 · ISO 8601 day
  "reported_on" TEXT,                                 -- 书面报告日期 · ISO 8601 day
  "returned_on" TEXT,                                 -- 复学日期 · ISO 8601 day
  "return_school" TEXT,                               -- 复学学校
  "return_placement" TEXT,                            -- 安置方式 · code return_placement
  "closed_on" TEXT,                                   -- 销号日期 · ISO 8601 day
  "closed_ground" TEXT,                               -- 销号原因 · code closed_ground
  "closed_evidence" TEXT,                             -- 销号佐证
  "note" TEXT                                         -- 备注 · several lines
) STRICT;
CREATE INDEX dropout_case_student ON dropout_case ("student");

-- 劝返记录: notice §1 ¶1 (返校动员); 未成年人保护法 art. 28; domain.md §1.6, §3.4.
CREATE TABLE persuasion (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "case" INTEGER REFERENCES obj (id),                 -- 辍学个案 · a dropout_case (obj.id)
  "on" TEXT,                                          -- 劝返日期 · ISO 8601 day
  "people" TEXT,                                      -- 劝返人员
  "phone" TEXT,                                       -- 劝返人员电话 · canonical
  "way" TEXT,                                         -- 劝返方式 · code persuasion_way
  "result" TEXT,                                      -- 劝返结果 · code persuasion_result
  "told" TEXT,                                        -- 劝返情况记录 · several lines
  "next_on" TEXT                                      -- 下次跟进日期 · ISO 8601 day
) STRICT;
CREATE INDEX persuasion_case ON persuasion ("case");
CREATE INDEX persuasion_next_on ON persuasion ("next_on") WHERE "next_on" IS NOT NULL;

-- 导入附记: decisions A3 (raw cell kept in a finding).
CREATE TABLE import_note (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the row
  "student" INTEGER REFERENCES obj (id),              -- 学生 · a student (obj.id)
  "on" TEXT,                                          -- 导入日期 · ISO 8601 day
  "file" TEXT,                                        -- 工作簿
  "place" TEXT,                                       -- 位置
  "kept" TEXT,                                        -- 未识别的栏目 · several lines
  "unread" TEXT                                       -- 未能读取的单元格 · several lines
) STRICT;
CREATE INDEX import_note_student ON import_note ("student");

-- What child rows say of a student today: derived from them, rebuilt at any time, never exchanged.
CREATE TABLE student_now (
  id INTEGER PRIMARY KEY REFERENCES obj (id),         -- the student
  "school" INTEGER,                                   -- 学校 · a organisation (obj.id)
  "grade" TEXT,                                       -- 年级 · code grade · item 22
  "class" TEXT,                                       -- 班级 · item 23
  "seat_no" TEXT,                                     -- 班内学号 · item 21
  "boarding" TEXT,                                    -- 就读方式 · code boarding · item 26
  "status" TEXT,                                      -- 就读状态 · code roll_status
  "entered_month" TEXT,                               -- 入学年月 · ISO 8601 month · item 24
  "enter_way" TEXT,                                   -- 入学方式 · code enter_way · item 25
  "student_source" TEXT,                              -- 学生来源 · code student_source · item 27
  "campus" TEXT,                                      -- 校区号
  "commute_km" TEXT,                                  -- 上下学距离 · decimal text · item 46
  "commute" TEXT,                                     -- 上下学交通方式 · code commute · item 47
  "school_bus" INTEGER,                               -- 是否需要乘坐校车 · 1 yes, 0 no · item 48
  "left_behind" TEXT,                                 -- 是否留守儿童 · code left_behind · item 37
  "migrant" TEXT,                                     -- 是否随迁子女 · code yes_no
  "migrant_worker_child" TEXT,                        -- 是否进城务工人员随迁子女 · code yes_no · item 38
  "orphan" TEXT,                                      -- 是否孤儿 · code yes_no · item 39
  "martyr_family" TEXT,                               -- 是否烈士或优抚子女 · code yes_no · item 40
  "disability" TEXT,                                  -- 残疾类型 · code disability · item 42
  "with_class" TEXT,                                  -- 随班就读 · code with_class · item 41
  "hardship" TEXT,                                    -- 困难类型 · code hardship
  "struggling" TEXT,                                  -- 是否学习困难学生 · code yes_no
  "only_child" TEXT,                                  -- 是否独生子女 · code yes_no · item 35
  "preschool" TEXT,                                   -- 是否受过学前教育 · code yes_no · item 36
  "bought_place" TEXT,                                -- 是否由政府购买学位 · code yes_no · item 43
  "aid_wanted" TEXT,                                  -- 是否需要申请资助 · code yes_no · item 44
  "subsidy" TEXT,                                     -- 是否享受一补 · code yes_no · item 45
  words TEXT,                                         -- folded names and places, searched for any part
  keys TEXT,                                          -- the keys in find_key, one a line
  sort_key TEXT                                       -- place in lists: school, grade, class, number, name in pinyin
) STRICT;
CREATE INDEX student_now_sort ON student_now (sort_key);
CREATE INDEX student_now_class ON student_now ("grade", "class");
CREATE INDEX student_now_words ON student_now (words);

-- What children are found by. Derived.
CREATE TABLE find_key (
  key TEXT NOT NULL,                                  -- folded name, pinyin, initials, number or its end
  obj INTEGER NOT NULL,                               -- the student
  PRIMARY KEY (key, obj)
) STRICT, WITHOUT ROWID;

-- ── This computer: never exchanged ───────────────────────────────────────────────────────────────────────────

-- Keys and settings of this copy of the ledger.
CREATE TABLE local (
  key TEXT PRIMARY KEY,                               -- name
  value BLOB NOT NULL                                 -- JSON, or key material
) STRICT;

-- What was being typed when the window closed.
CREATE TABLE draft (
  form TEXT NOT NULL,                                 -- record, and row when an existing one is changed
  value TEXT NOT NULL,                                -- JSON of the form
  written INTEGER NOT NULL,                           -- milliseconds UTC
  PRIMARY KEY (form)
) STRICT;

-- How the columns of a workbook were understood, by the fingerprint of its header.
CREATE TABLE mapping (
  fingerprint TEXT PRIMARY KEY,                       -- of the header's texts
  value TEXT NOT NULL                                 -- JSON: column → path
) STRICT;

-- Packages this computer sealed.
CREATE TABLE sent (
  number INTEGER PRIMARY KEY,                         -- package number of this computer
  file TEXT NOT NULL,                                 -- file name
  recipient BLOB NOT NULL,                            -- the organisation it is for, 16 bytes
  manifest_hash BLOB NOT NULL,                        -- SHA-256 of the manifest
  tips TEXT NOT NULL,                                 -- JSON: how far each chain went
  made INTEGER NOT NULL                               -- milliseconds UTC
) STRICT;

-- Packages that arrived here.
CREATE TABLE arrived (
  id INTEGER PRIMARY KEY,                             -- order of arrival
  sender BLOB NOT NULL,                               -- the organisation, 16 bytes
  replica BLOB NOT NULL,                              -- the computer, 16 bytes
  number INTEGER NOT NULL,                            -- its package number
  manifest_hash BLOB NOT NULL,                        -- SHA-256 of the manifest
  made INTEGER NOT NULL,                              -- when it was sealed, by the sender's clock; milliseconds UTC
  merged INTEGER NOT NULL,                            -- when it was merged here; milliseconds UTC
  report TEXT NOT NULL                                -- JSON: added, changed, conflicts, waiting
) STRICT;

-- Who looked at masked values (decisions A8).
CREATE TABLE unmasked (
  id INTEGER PRIMARY KEY,                             -- order
  at INTEGER NOT NULL,                                -- milliseconds UTC
  who INTEGER NOT NULL,                               -- the person (obj.id)
  obj INTEGER NOT NULL,                               -- the row
  field TEXT NOT NULL                                 -- the field
) STRICT;
