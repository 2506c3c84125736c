//! The code on the recovery sheet (`package.md` §3): eight groups of four characters and a check character each, which a
//! person reads from paper and types when the password is gone.

use bech32::primitives::gf32::Fe32;
use bech32::{ByteIterExt, Fe32IterExt};
use domain::folded::nfkc;
use zeroize::{Zeroize, Zeroizing};

/// Groups on the sheet.
pub const GROUPS: usize = 8;
/// Characters of a group that carry the code; one more checks them.
const CARRY: usize = 4;
/// Bytes of a code: what eight times four characters of five bits hold. The design asks for sixteen at least.
pub const CODE_BYTES: usize = 20;

/// Crockford's characters: no I, L, O or U.
const CHARACTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code that opens a ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; CODE_BYTES]);

/// Why what was typed is no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeFault {
    /// Not eight groups; holds the number of characters.
    Length(usize),
    /// These groups, counted from 1, were misread or mistyped.
    Groups(Vec<usize>),
}

impl RecoveryCode {
    /// A code of random bytes.
    pub fn of(dice: [u8; CODE_BYTES]) -> Self {
        Self(dice)
    }

    /// As it is printed: `7KQ2M 0D4RX …`.
    pub fn to_text(&self) -> Zeroizing<String> {
        let carried: Vec<Fe32> = self.0.iter().copied().bytes_to_fes().collect();
        let groups = carried.chunks(CARRY).zip(1u8..).map(|(group, number)| {
            let all = group.iter().copied().chain([check(number, group)]);
            all.filter_map(|symbol| CHARACTERS.get(usize::from(symbol.to_u8()))).map(|c| char::from(*c)).collect()
        });
        Zeroizing::new(groups.collect::<Vec<String>>().join(" "))
    }

    /// Reads what a person typed: in any case, with or without gaps, O for 0 and I or L for 1.
    ///
    /// ```
    /// # use package::recovery::{CodeFault, RecoveryCode};
    /// let text = RecoveryCode::of([7; 20]).to_text();
    /// assert!(RecoveryCode::parse(&text.to_lowercase().replace(' ', "-")).is_ok());
    /// assert_eq!(RecoveryCode::parse("7KQ2M").err(), Some(CodeFault::Length(5)));
    /// ```
    pub fn parse(typed: &str) -> Result<Self, CodeFault> {
        let typed: Vec<char> = nfkc(typed).chars().filter(|c| c.is_alphanumeric()).collect();
        if typed.len() != GROUPS * (CARRY + 1) {
            return Err(CodeFault::Length(typed.len()));
        }
        let (mut carried, mut wrong) = (Vec::new(), Vec::new());
        for (group, number) in typed.chunks(CARRY + 1).zip(1u8..) {
            let read: Option<Vec<Fe32>> = group.iter().map(|c| symbol(*c)).collect();
            match read.as_deref().and_then(|read| read.split_last()) {
                Some((last, first)) if check(number, first) == *last => carried.extend_from_slice(first),
                _ => wrong.push(usize::from(number)),
            }
        }
        let mut bytes: Vec<u8> = carried.into_iter().fes_to_bytes().collect();
        let code = <[u8; CODE_BYTES]>::try_from(bytes.as_slice()).ok().filter(|_| wrong.is_empty());
        bytes.zeroize();
        code.map(Self).ok_or(CodeFault::Groups(wrong))
    }

    /// Whether a text looks as if somebody typed a code, right or wrong, and no password.
    pub fn is_meant(typed: &str) -> bool {
        let all = nfkc(typed);
        let marks = all.chars().filter(|c| c.is_alphanumeric()).count();
        marks.abs_diff(GROUPS * (CARRY + 1)) <= CARRY && all.is_ascii()
    }

    pub(crate) fn bytes(&self) -> &[u8; CODE_BYTES] {
        &self.0
    }
}

impl Drop for RecoveryCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The check character of a group: a polynomial over the field of 32, begun with the group's number. One wrong character,
/// two neighbours in each other's place and two groups in each other's place are always noticed.
fn check(number: u8, group: &[Fe32]) -> Fe32 {
    let begin = Fe32::try_from(number).unwrap_or(Fe32::P);
    group.iter().fold(begin, |sum, symbol| sum * Fe32::Z + *symbol) * Fe32::Z
}

fn symbol(c: char) -> Option<Fe32> {
    let plain = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = CHARACTERS.iter().position(|one| char::from(*one) == plain)?;
    Fe32::try_from(u8::try_from(at).ok()?).ok()
}
