//! WCAG contrast of every pair of tokens in use, read from the style sheet itself, light and
//! dark, for every brand hue a seller may choose.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");

/// Text on a surface: at least 4.5 (WCAG 2.2, 1.4.3).
const TEXT: &[(&str, &[&str])] = &[
    ("ink", &["paper", "card", "sunk", "brand-wash", "good-wash", "warn-wash", "bad-wash"]),
    ("ink-2", &["paper", "card", "sunk", "brand-wash", "warn-wash"]),
    ("ink-3", &["paper", "card", "sunk"]),
    ("brand", &["paper", "card", "sunk", "brand-wash"]),
    ("brand-2", &["paper", "card"]),
    ("brand-ink", &["brand", "brand-2"]),
    ("good", &["paper", "card", "sunk", "good-wash"]),
    ("warn", &["paper", "card", "sunk", "warn-wash"]),
    ("bad", &["paper", "card", "sunk", "bad-wash"]),
];

/// Edges of inputs, focus rings, parts of charts on their surface: at least 3 (1.4.11).
const SHAPES: &[(&str, &[&str])] = &[
    ("edge", &["paper", "card"]),
    ("brand", &["paper", "card", "sunk", "brand-wash", "warn-wash"]),
    ("good", &["card", "sunk"]),
    ("warn", &["card", "sunk"]),
    ("bad", &["card", "sunk", "paper"]),
];

/// Lightness, chroma; the hue is a number or the brand's.
#[derive(Clone, Copy, Debug)]
struct Colour {
    lightness: f64,
    chroma: f64,
    hue: Option<f64>,
}

impl Colour {
    /// `oklch(0.46 0.17 var(--brand-hue))`, `oklch(1 0 0)`.
    fn parse(text: &str) -> Option<Self> {
        let inside = text.trim().strip_prefix("oklch(")?.strip_suffix(')')?;
        let mut parts = inside.splitn(3, ' ');
        let lightness = parts.next()?.parse().ok()?;
        let chroma = parts.next()?.parse().ok()?;
        let hue = parts.next()?.parse().ok();
        Some(Self { lightness, chroma, hue })
    }

    /// Relative luminance, through linear sRGB (Björn Ottosson's matrices), clipped to the gamut.
    fn luminance(self, brand_hue: f64) -> f64 {
        let hue = self.hue.unwrap_or(brand_hue).to_radians();
        let (a, b) = (self.chroma * hue.cos(), self.chroma * hue.sin());
        let long = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let medium = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        let red = 4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short;
        let green = -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short;
        let blue = -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short;
        0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
    }
}

/// Name → (light, dark) of every `--name: light-dark(oklch(…), oklch(…))` without alpha.
fn tokens() -> BTreeMap<&'static str, (Colour, Colour)> {
    TOKENS
        .split(';')
        .filter_map(|declaration| {
            let (name, value) = declaration.rsplit_once("--").and_then(|_| {
                let start = declaration.find("--")?;
                declaration.get(start + 2..)?.split_once(':')
            })?;
            let inside = value.trim().strip_prefix("light-dark(")?.strip_suffix(')')?;
            let (light, dark) = inside.split_once(", oklch")?;
            Some((name.trim(), (Colour::parse(light)?, Colour::parse(&format!("oklch{dark}"))?)))
        })
        .collect()
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn failures(pairs: &[(&str, &[&str])], least: f64) -> Vec<String> {
    let tokens = tokens();
    let of = |name: &str| *tokens.get(name).unwrap_or_else(|| panic!("no token --{name}"));
    let mut found = Vec::new();
    for (front, backs) in pairs {
        for back in *backs {
            let ((light, dark), (light_back, dark_back)) = (of(front), of(back));
            for (theme, front_colour, back_colour) in [("light", light, light_back), ("dark", dark, dark_back)] {
                let worst = (0..360)
                    .step_by(6)
                    .map(f64::from)
                    .map(|hue| (contrast(front_colour.luminance(hue), back_colour.luminance(hue)), hue))
                    .min_by(|one, other| one.0.total_cmp(&other.0));
                if let Some((worst, hue)) = worst.filter(|(worst, _)| *worst < least) {
                    found.push(format!("--{front} on --{back}, {theme}: {worst:.2} < {least} at brand hue {hue}"));
                }
            }
        }
    }
    found
}

#[test]
fn black_on_white_is_21_to_1_and_the_style_sheet_is_understood() {
    let white = Colour { lightness: 1.0, chroma: 0.0, hue: Some(0.0) }.luminance(0.0);
    assert!((contrast(white, 0.0) - 21.0).abs() < 0.01);
    let red = Colour { lightness: 0.627_955, chroma: 0.257_683, hue: Some(29.2339) }.luminance(0.0);
    assert!((red - 0.2126).abs() < 0.001, "sRGB red, {red}");
    assert!(tokens().len() >= 19, "{:?}", tokens().keys());
}

#[test]
fn text_reads_on_every_surface_it_stands_on() {
    assert_eq!(failures(TEXT, 4.5), Vec::<String>::new());
}

#[test]
fn edges_and_shapes_are_seen() {
    assert_eq!(failures(SHAPES, 3.0), Vec::<String>::new());
}
