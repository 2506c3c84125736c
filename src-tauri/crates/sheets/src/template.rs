//! Empty forms as workbooks: the header is locked, every cell is text, choices are offered from a list.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Formula, ProtectionOptions,
    Workbook, Worksheet, XlsxError,
};

use crate::SheetError;
use crate::write::{bytes, cell_format, fault, sheet_name, width_of};

/// An empty form to be filled by hand and read back.
#[derive(Debug, Clone)]
pub struct Template {
    /// The sheet's name and the title above the form.
    pub title: String,
    /// Its columns.
    pub columns: Vec<TemplateColumn>,
    /// How many lines may be filled.
    pub lines: u32,
    /// Whether the paper lies across.
    pub landscape: bool,
    /// 9 for A4, 8 for A3, as printers number them.
    pub paper: u8,
    /// The name of the hidden sheet that holds the choices.
    pub choices: String,
    /// What is said when something else than a choice was typed.
    pub not_a_choice: String,
}

/// A column of an empty form.
#[derive(Debug, Clone)]
pub struct TemplateColumn {
    /// Its header.
    pub head: String,
    /// Its width on paper in mm.
    pub width_mm: Option<u32>,
    /// What is typed below it.
    pub cells: Cells,
    /// What is said beside the cell while it is filled; nothing when empty.
    pub hint: String,
}

/// What is typed in the cells of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cells {
    /// Anything.
    Free,
    /// One of some names.
    OneOf(Vec<String>),
    /// Nothing: the program works it out.
    Computed,
}

/// Excel shows no longer message beside a cell.
const HINT_MAX: usize = 255;
/// The first line below title and header.
const FIRST: u32 = 2;

/// An empty form as `.xlsx`: protected without a password, so that nobody changes a header by mistake.
pub fn write_template(template: &Template) -> Result<Vec<u8>, SheetError> {
    let mut book = Workbook::new();
    fill(&mut book, template).map_err(|error| fault(&error))?;
    bytes(&mut book)
}

fn fill(book: &mut Workbook, template: &Template) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    head(sheet, template)?;
    let last = FIRST + template.lines.max(1) - 1;
    let open = cell_format().set_border(FormatBorder::Thin).set_unlocked();
    let shut = Format::new().set_border(FormatBorder::Thin).set_background_color(Color::RGB(0x00EE_EEEE));
    let mut lists: Vec<&Vec<String>> = Vec::new();
    for (column, at) in template.columns.iter().zip(0u16..) {
        let format = if column.cells == Cells::Computed { &shut } else { &open };
        for line in FIRST..=last {
            sheet.write_blank(line, at, format)?;
        }
        let mut rule = match &column.cells {
            Cells::OneOf(names) if !names.is_empty() => {
                let place = lists.iter().position(|list| *list == names).unwrap_or_else(|| {
                    lists.push(names);
                    lists.len() - 1
                });
                let list = Formula::new(range(&template.choices, place, names.len()));
                DataValidation::new()
                    .allow_list_formula(list)
                    .set_error_style(DataValidationErrorStyle::Stop)
                    .set_error_message(cut(&template.not_a_choice))?
            }
            _ => DataValidation::new().allow_any_value(),
        };
        if !column.hint.is_empty() {
            rule = rule.set_input_message(cut(&column.hint))?;
        }
        sheet.add_data_validation(FIRST, at, last, at, &rule)?;
    }
    protect(sheet);
    let choices = book.add_worksheet();
    choices.set_name(sheet_name(&template.choices))?.set_hidden(true);
    for (list, at) in lists.into_iter().zip(0u16..) {
        for (name, line) in list.iter().zip(0u32..) {
            choices.write_string(line, at, name)?;
        }
    }
    Ok(())
}

fn head(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
    let head = Format::new()
        .set_bold()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(0x00DD_E8F3))
        .set_text_wrap();
    sheet.set_name(sheet_name(&template.title))?;
    let last = u16::try_from(template.columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
    match last {
        0 => sheet.write_string_with_format(0, 0, &template.title, &title)?,
        last => sheet.merge_range(0, 0, 0, last, &template.title, &title)?,
    };
    for (column, at) in template.columns.iter().zip(0u16..) {
        sheet.write_string_with_format(1, at, &column.head, &head)?;
        let choices = match &column.cells {
            Cells::OneOf(names) => names.as_slice(),
            Cells::Free | Cells::Computed => &[],
        };
        let texts = choices.iter().map(String::as_str).chain([column.head.as_str()]);
        sheet.set_column_width(at, width_of(texts, column.width_mm))?;
    }
    sheet.set_freeze_panes(2, 0)?.set_repeat_rows(0, 1)?.set_paper_size(template.paper).set_print_fit_to_pages(1, 0);
    if template.landscape {
        sheet.set_landscape();
    }
    Ok(())
}

fn protect(sheet: &mut Worksheet) {
    sheet.protect_with_options(&ProtectionOptions {
        format_cells: true,
        format_columns: true,
        format_rows: true,
        insert_rows: true,
        delete_rows: true,
        sort: true,
        use_autofilter: true,
        ..ProtectionOptions::new()
    });
}

/// `='选项'!$B$1:$B$7`
fn range(sheet: &str, place: usize, count: usize) -> String {
    let letter = crate::letter(u32::try_from(place).unwrap_or_default());
    format!("='{sheet}'!${letter}$1:${letter}${count}")
}

fn cut(text: &str) -> String {
    text.chars().take(HINT_MAX).collect()
}
