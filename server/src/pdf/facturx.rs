//! Factur-X 1.0 (`ZUGFeRD` 2): the PDF carries its own XML, and says so in its metadata. The library embeds the file, but writes no
//! metadata of others, so these go into its XMP afterwards, with everything behind them moved along.

use anyhow::{Context as _, anyhow, ensure};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::metadata::DateTime;

/// What the standard calls the file.
const NAME: &str = "factur-x.xml";

/// What the metadata say of the file.
const SAYS: &str = r#"<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"><fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>"#;

/// PDF/A wants the words of others described (ISO 19005-3, 6.6.2.3).
const SCHEMA: &str = concat!(
    r#"<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"#,
    r#"<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"#,
    r#"<rdf:li rdf:parseType="Resource"><pdfaProperty:name>DocumentFileName</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>The name of the embedded XML document</pdfaProperty:description></rdf:li>"#,
    r#"<rdf:li rdf:parseType="Resource"><pdfaProperty:name>DocumentType</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>The type of the hybrid document in capital letters</pdfaProperty:description></rdf:li>"#,
    r#"<rdf:li rdf:parseType="Resource"><pdfaProperty:name>Version</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>The version of the standard</pdfaProperty:description></rdf:li>"#,
    r#"<rdf:li rdf:parseType="Resource"><pdfaProperty:name>ConformanceLevel</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>The profile of the embedded XML document</pdfaProperty:description></rdf:li>"#,
    r"</rdf:Seq></pdfaSchema:property></rdf:li>",
);

/// The XML as a file inside the PDF, of the day of the document.
pub fn embedded(xml: Vec<u8>, day: DateTime) -> EmbeddedFile {
    EmbeddedFile {
        path: NAME.to_owned(),
        mime_type: MimeType::new("text/xml"),
        description: Some("The invoice as data (EN 16931)".to_owned()),
        association_kind: AssociationKind::Alternative,
        data: xml.into(),
        modification_date: Some(day),
        compress: None,
        location: None,
    }
}

/// Adds what the metadata have to say, in a file as the library writes it: one table of offsets, metadata as they are.
pub fn announced(pdf: &[u8]) -> anyhow::Result<Vec<u8>> {
    let start = last(pdf, b"startxref\n").context("no startxref")?;
    let table = number(&pdf[start + 10..]).context("no offset of the table")?;
    let xmp = last(pdf, b"<?xpacket begin").context("no metadata")?;
    let end = find(pdf, b"</rdf:RDF>", xmp).context("metadata without an end")?;
    let bag = b"<pdfaExtension:schemas><rdf:Bag>";
    let schemas = find(pdf, bag, xmp).filter(|at| *at < end).context("metadata without schemas")? + bag.len();
    // The dictionary before the stream says how long it is.
    let object = last(&pdf[..xmp], b" obj").context("metadata outside of an object")?;
    let says_length = find(pdf, b"/Length ", object).filter(|at| *at < xmp).context("metadata without a length")? + 8;
    let length = number(&pdf[says_length..]).context("metadata without a length")?;
    let (old, new) = (length.to_string(), (length + SAYS.len() + SCHEMA.len()).to_string());

    let mut out = Vec::with_capacity(pdf.len() + SAYS.len() + SCHEMA.len() + 2);
    out.extend_from_slice(&pdf[..says_length]);
    out.extend_from_slice(new.as_bytes());
    out.extend_from_slice(&pdf[says_length + old.len()..schemas]);
    out.extend_from_slice(SCHEMA.as_bytes());
    out.extend_from_slice(&pdf[schemas..end]);
    out.extend_from_slice(SAYS.as_bytes());
    out.extend_from_slice(&pdf[end..table]);
    let moved = out.len() - table;
    out.extend_from_slice(&offsets(&pdf[table..start], object, moved)?);
    out.extend_from_slice(format!("startxref\n{}\n%%EOF", table + moved).as_bytes());
    Ok(out)
}

/// The table of offsets and the trailer, what begins behind `from` so much further on. Each entry has twenty bytes (ISO 32000-1,
/// 7.5.4): ten digits, generation, `n` or `f`.
fn offsets(table: &[u8], from: usize, moved: usize) -> anyhow::Result<Vec<u8>> {
    let mut out = table.to_vec();
    ensure!(table.starts_with(b"xref\n"), "the offsets are not in a table");
    let first = 5 + find(&table[5..], b"\n", 0).context("a table without entries")? + 1;
    let trailer = find(table, b"trailer", first).context("no trailer")?;
    for at in (first..trailer).step_by(20) {
        let entry = table.get(at..at + 20).context("half an entry")?;
        let offset = number(entry).ok_or_else(|| anyhow!("an entry without an offset"))?;
        if entry[17] == b'n' && offset > from {
            out[at..at + 10].copy_from_slice(format!("{:010}", offset + moved).as_bytes());
        }
    }
    Ok(out)
}

fn find(of: &[u8], what: &[u8], from: usize) -> Option<usize> {
    of.get(from..)?.windows(what.len()).position(|w| w == what).map(|at| from + at)
}

fn last(of: &[u8], what: &[u8]) -> Option<usize> {
    of.windows(what.len()).rposition(|w| w == what)
}

fn number(of: &[u8]) -> Option<usize> {
    let digits = of.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&of[..digits]).ok()?.parse().ok()
}
