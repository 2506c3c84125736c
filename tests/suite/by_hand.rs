//! One package checked by hand, with tools anybody can get: the manual's own lines, as they stand there.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::json;
use store::Definitions;
use support::bx::Place;
use support::desks::Office;

/// What a chapter calls the file, the signer and the receiver.
const NAMES: [(&str, [&str; 3]); 2] = [
    ("zh-CN", ["文件.bxp", "签名的那一串字符", "接收的那一串字符所在的文件"]),
    ("en", ["FILE.bxp", "SIGNER", "RECEIVER"]),
];

/// The blocks of commands of the chapter on checking by hand.
fn blocks(language: &str) -> Vec<String> {
    let chapter =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../assets/manual").join(language).join("11-verify.md");
    let text = std::fs::read_to_string(chapter).unwrap();
    text.split("```").skip(1).step_by(2).map(str::to_owned).collect()
}

fn shell(folder: &Path, commands: &str) -> Output {
    Command::new("sh").args(["-euc", commands]).current_dir(folder).output().unwrap()
}

fn out(done: &Output) -> String {
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// A school's package, the key that signed it, and the key that opens it.
fn sealed(place: &Place) -> (PathBuf, String, PathBuf) {
    let built_in = Definitions::built_in();
    let center = Office::new("center", "禾塘镇中心学校", 1, &built_in);
    let school = Office::new("school", "柳湾村小学", 2, &built_in);
    school.enrol_under(&center);
    school.put("student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04" }));
    let request = actions::ExportRequest { to: None, folder: school.beside("stick"), extent: None };
    let file = place.path("sealed.bxp");
    std::fs::copy(actions::export(&school.desk, request).unwrap().file, &file).unwrap();
    let signer = actions::inspect(&center.desk, file.display().to_string()).unwrap().key;
    let receiver = place.path("receiver.txt");
    std::fs::write(&receiver, center.receiving_key()).unwrap();
    (file, signer, receiver)
}

/// Mutant caught: a line of the chapter that checks another file.
#[test]
fn the_manuals_lines_check_a_package_and_find_one_changed_byte() {
    let place = Place::new();
    let (file, signer, receiver) = sealed(&place);
    for (language, [file_name, signer_name, receiver_name]) in NAMES {
        let folder = place.path(language);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(&file, folder.join(file_name)).unwrap();
        let said = |block: &str| block.replace(receiver_name, receiver.to_str().unwrap()).replace(signer_name, &signer);
        let [outside, inside] = <[String; 2]>::try_from(blocks(language)).unwrap();
        let done = shell(&folder, &said(&outside));
        assert!(done.status.success(), "{language}: {}", String::from_utf8_lossy(&done.stderr));
        let told = out(&done);
        let digest = told.lines().last().unwrap().split_whitespace().next().unwrap();
        assert!(told.contains("comment signature verified") && told.contains(&format!("sha256={digest}")), "{told}");
        let done = shell(&folder, &said(&inside));
        assert!(done.status.success(), "{language}: {}", String::from_utf8_lossy(&done.stderr));
        let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
        let told = out(&done);
        let digests: Vec<&str> =
            told.lines().filter_map(|line| line.split_once("  segments/")).map(|one| one.0).collect();
        assert!(!digests.is_empty() && digests.iter().all(|digest| manifest.contains(digest)), "{told}");
        // One byte of the payload changed: the second line says so.
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let other = place.path(&format!("{language}-changed"));
        std::fs::create_dir_all(&other).unwrap();
        std::fs::write(other.join(file_name), bytes).unwrap();
        assert!(!shell(&other, &said(&outside)).status.success(), "{language}: a changed byte is found");
    }
    // The program's own word, without a ledger, as the chapter names it.
    let told = place.bx("verify sealed.bxp").ok();
    assert!(told.contains("文件完整") && told.contains(&signer), "{told}");
}
