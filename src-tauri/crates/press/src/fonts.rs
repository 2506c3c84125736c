//! The fonts every page is set in; the computer's own are never asked, so a page looks the same everywhere.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::Font;

/// Read in place: the bytes lie in the program's file and are never copied.
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let files: [&'static [u8]; 7] = [
        include_bytes!("../../../../assets/fonts/NotoSerifCJKsc-Regular.otf"),
        include_bytes!("../../../../assets/fonts/NotoSerifCJKsc-Bold.otf"),
        include_bytes!("../../../../assets/fonts/NotoNaskhArabic-Regular.ttf"),
        include_bytes!("../../../../assets/fonts/NotoSansMongolian-Regular.ttf"),
        include_bytes!("../../../../assets/fonts/NotoSansSymbols2-Boxes.ttf"),
        include_bytes!("../../../../assets/fonts/NotoSansYi-Regular.ttf"),
        include_bytes!("../../../../assets/fonts/NotoSerifTibetan-Regular.ttf"),
    ];
    files.into_iter().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect()
});

/// All fonts.
pub(crate) fn all() -> Vec<Font> {
    FONTS.clone()
}

/// The characters of some texts that no font here can print, each once, in order of code point.
///
/// ```
/// assert!(press::missing(["王𠮷𰻝㝈"].into_iter()).is_empty());
/// assert_eq!(press::missing(["张\u{2EBF0}三", "\u{2EBF0}"].into_iter()), ["\u{2EBF0}"]);
/// ```
pub fn missing<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let used: BTreeSet<char> = texts.flat_map(str::chars).filter(|c| is_drawn(*c)).collect();
    let known = |c: char| FONTS.iter().any(|font| font.info().coverage.contains(u32::from(c)));
    used.into_iter().filter(|c| !known(*c)).map(String::from).collect()
}

/// Whether a character has a shape of its own: not a control, a joiner, a direction mark or a variation selector.
fn is_drawn(c: char) -> bool {
    let shapeless = matches!(u32::from(c),
        0xAD | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF | 0xE0000..=0xE0FFF);
    !c.is_control() && !c.is_whitespace() && !shapeless
}
