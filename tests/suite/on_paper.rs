//! Sheets that people sign, stamp and lock away: what a camera reads from them is what stands on them, and what stands on
//! the recovery sheet opens the ledger.

use std::process::Command;

use actions::{BackupRequest, EnrolSheet, NewPassword, OpenLedger, RecoverySheet, RestoreRequest};
use package::recovery::{CodeFault, GROUPS, RecoveryCode};
use store::Definitions;
use support::desks::{Office, PASSWORD};

/// What stands on the one page of a sheet, and what a camera reads from its squares, from top to bottom.
fn read(pdf: &str) -> (String, Vec<String>) {
    let run = |tool: &str, arguments: &[&str]| Command::new(tool).args(arguments).output().unwrap().stdout;
    let info = String::from_utf8(run("pdfinfo", &[pdf])).unwrap();
    assert!(info.lines().any(|line| line.starts_with("Pages:") && line.ends_with(" 1")), "{info}");
    let text = String::from_utf8(run("pdftotext", &["-layout", pdf, "-"])).unwrap();
    let picture = image::load_from_memory(&run("pdftoppm", &["-r", "120", "-png", pdf])).unwrap().to_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        picture.get_pixel(u32::try_from(x).unwrap(), u32::try_from(y).unwrap()).0[0]
    });
    let mut squares: Vec<(i32, String)> =
        seen.detect_grids().iter().map(|grid| (grid.bounds[0].y, grid.decode().unwrap().1)).collect();
    squares.sort();
    (text, squares.into_iter().map(|(_, said)| said).collect())
}

/// The groups of five marks on a sheet, in the order of reading.
fn groups(text: &str) -> Vec<&str> {
    let is_group = |word: &&str| {
        word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit() || (b.is_ascii_uppercase() && !b"ILOU".contains(&b)))
    };
    text.split_whitespace().filter(is_group).collect()
}

/// Invitation, request and record: one page each, to be signed and stamped, and a camera reads the very digits that stand
/// above the square.
///
/// Mutants caught: the groups run together in the square; one's own square for the other side.
#[test]
fn a_camera_reads_the_digits_of_the_sheets() {
    let built_in = Definitions::built_in();
    let school = Office::new("school", "柳湾村小学", 2, &built_in);
    let center = Office::new("center", "禾塘镇中心学校", 1, &built_in);
    school.enrol_under(&center);
    let sheet = |office: &Office, with: Option<&str>| {
        let request = EnrolSheet { with: with.map(str::to_owned), file: office.beside("sheet.pdf") };
        read(&actions::enrol_sheet(&office.desk, request).unwrap())
    };
    let (invitation, request) = (sheet(&center, None), sheet(&school, None));
    for (text, squares) in [&invitation, &request] {
        let digits = groups(text);
        assert_eq!((digits.len(), squares.as_slice()), (6, [digits.join(" ")].as_slice()), "{text}");
    }
    for (office, with) in [(&school, "禾塘镇中心学校"), (&center, "柳湾村小学")] {
        let (text, squares) = sheet(office, Some(with));
        let own = if with == "柳湾村小学" { [&invitation, &request] } else { [&request, &invitation] };
        assert_eq!(squares, own.map(|(_, squares)| squares[0].clone()));
        assert_eq!(groups(&text).join(" "), squares.join(" "));
        for words in ["签名", "盖章处", "柳湾村小学", "禾塘镇中心学校"] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
}

/// Whatever a person misreads on the sheet is named by its group: one mark for another, two neighbours or two groups in each
/// other's place. Case, gaps and the pairs that look alike do not matter.
///
/// Mutants caught: check marks that only add up; check marks that do not know their group.
#[test]
fn a_misread_group_is_named() {
    for seed in 0..16u8 {
        let text = RecoveryCode::of(std::array::from_fn(|at| (usize::from(seed) * 29 + at * 53) as u8)).to_text();
        let code = RecoveryCode::parse(&text).unwrap();
        assert_eq!(code.to_text(), text);
        assert_eq!(groups(&text).len(), GROUPS);
        let loose = text.to_lowercase().replace(' ', "－").replace('0', "o").replace('1', "l");
        assert!(RecoveryCode::parse(&loose).unwrap() == code);
        let marks: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
        let faults = |changed: &[char]| RecoveryCode::parse(&changed.iter().collect::<String>()).err();
        for at in 0..marks.len() {
            let mut changed = marks.clone();
            for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZU*".chars().filter(|c| *c != marks[at] && *c != '*') {
                changed[at] = other;
                assert_eq!(faults(&changed), Some(CodeFault::Groups(vec![at / 5 + 1])), "{changed:?}");
            }
            if at % 5 < 3 && marks[at] != marks[at + 1] {
                changed = marks.clone();
                changed.swap(at, at + 1);
                assert_eq!(faults(&changed), Some(CodeFault::Groups(vec![at / 5 + 1])), "{changed:?}");
            }
        }
        let mut turned: Vec<&str> = text.split(' ').collect();
        turned.swap(1, 6);
        if turned[1] != turned[6] {
            assert_eq!(RecoveryCode::parse(&turned.join(" ")).err(), Some(CodeFault::Groups(vec![2, 7])));
        }
        assert_eq!(faults(&marks[1..]), Some(CodeFault::Length(39)));
    }
}

fn open(office: &Office, folder: &str, password: &str) -> Result<(), actions::Failure> {
    actions::close_ledger(&office.desk, ()).unwrap();
    let request = OpenLedger { folder: folder.to_owned(), password: password.to_owned() };
    actions::open_ledger(&office.desk, request).map(|_| ())
}

/// The password is forgotten: the sheet opens the ledger and its backup, another password takes its place, and a sheet that
/// was printed before the last one opens nothing.
///
/// Mutants caught: a second sheet beside the first; a new password beside the old.
#[test]
fn the_recovery_sheet_opens_the_ledger_when_the_password_is_gone() {
    let office = Office::new("school", "柳湾村小学", 2, &Definitions::built_in());
    let folder = actions::session_info(&office.desk, ()).unwrap().folder;
    let sheet = |password: &str, name: &str| {
        let request = RecoverySheet { password: password.to_owned(), file: office.beside(name) };
        actions::recovery_sheet(&office.desk, request)
    };
    assert!(!actions::has_recovery_sheet(&office.desk, ()).unwrap());
    assert_eq!(sheet("不是这句口令也不是", "no.pdf").unwrap_err().code, "wrong_password");
    assert!(!std::path::Path::new(&office.beside("no.pdf")).exists());
    let reply = sheet(PASSWORD, "first.pdf").unwrap();
    assert!(actions::has_recovery_sheet(&office.desk, ()).unwrap());
    let (text, squares) = read(&reply.file);
    let code = groups(&text).join(" ");
    assert_eq!(squares, std::slice::from_ref(&code));
    assert_eq!(code.split(' ').nth(reply.group as usize - 1), Some(reply.marks.as_str()));
    assert!(text.contains("签名") && text.contains("盖章处") && text.contains("柳湾村小学"), "{text}");
    let backup = actions::backup(&office.desk, BackupRequest { folder: office.beside("backups") }).unwrap();

    open(&office, &folder, &code.to_lowercase()).unwrap();
    let mut groups: Vec<&str> = code.split(' ').collect();
    groups[3] = if groups[3] == "00000" { "00001" } else { "00000" };
    let failure = open(&office, &folder, &groups.join("")).unwrap_err();
    assert_eq!((failure.code, failure.facts["groups"].as_str()), ("code_groups".into(), "4"));
    assert_eq!(open(&office, &folder, &code[..code.len() - 2]).unwrap_err().code, "code_length");
    // A password of forty letters is no code, though it is as long.
    for wrong in ["不是这句口令也不是", &"wrong".repeat(8)] {
        assert_eq!(open(&office, &folder, wrong).unwrap_err().code, "wrong_password", "{wrong}");
    }

    open(&office, &folder, &code).unwrap();
    let change = |password: &str, new: &str| {
        actions::new_password(&office.desk, NewPassword { password: password.to_owned(), new: new.to_owned() })
    };
    assert_eq!(change(&code, "太短").unwrap_err().code, "refused");
    change(&code, "换过的口令也是一句话").unwrap();
    assert_eq!(open(&office, &folder, PASSWORD).unwrap_err().code, "wrong_password");
    open(&office, &folder, "换过的口令也是一句话").unwrap();
    sheet("换过的口令也是一句话", "second.pdf").unwrap();
    assert_eq!(open(&office, &folder, &code).unwrap_err().code, "wrong_password");
    let restore = RestoreRequest { backup: backup.folder, folder: office.beside("restored"), password: code };
    actions::restore(&office.desk, restore).unwrap();
}
