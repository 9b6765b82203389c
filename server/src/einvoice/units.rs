//! Units of measure as UN/ECE Recommendation 20 (and 21, with an X) codes them (EN 16931 BT-130).

/// The code of a unit as people write it; what is not known is a piece, `C62`.
pub fn code(unit: &str) -> &'static str {
    match unit.trim().to_lowercase().trim_end_matches('.') {
        "bx" | "box" | "boxes" => "XBX",
        "pk" | "pack" | "packs" | "pac" | "packet" => "XPK",
        "ro" | "rl" | "roll" | "rolls" => "XRO",
        "ct" | "carton" | "cartons" => "XCT",
        "cs" | "case" | "cases" => "XCS",
        "bg" | "bag" | "bags" => "XBG",
        "bo" | "bottle" | "bottles" => "XBO",
        "ca" | "can" | "cans" => "XCA",
        "dr" | "drum" | "drums" => "XDR",
        "tu" | "tube" | "tubes" => "XTU",
        "pl" | "pallet" | "pallets" => "XPX",
        "pr" | "pair" | "pairs" => "PR",
        "set" | "sets" => "SET",
        "sheet" | "sheets" => "XST",
        "dz" | "dozen" => "DZN",
        "100 pcs" | "hundred" => "CEN",
        "1000 pcs" | "thousand" => "MIL",
        "m" | "metre" | "meter" | "metres" => "MTR",
        "mm" => "MMT",
        "cm" => "CMT",
        "km" => "KMT",
        "m2" | "m²" | "sqm" => "MTK",
        "m3" | "m³" => "MTQ",
        "g" => "GRM",
        "kg" | "kilo" => "KGM",
        "t" | "tonne" => "TNE",
        "l" | "ltr" | "litre" | "liter" | "litres" => "LTR",
        "ml" => "MLT",
        "h" | "hr" | "hour" | "hours" => "HUR",
        "day" | "days" => "DAY",
        "month" | "months" => "MON",
        _ => "C62",
    }
}
