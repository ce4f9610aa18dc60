//! The colours of the pictures, for light and for dark surroundings.

use super::layout::{Shift, Style, Tone};
use super::{NodeKind, State};
use xks_base::values::access::Access;

/// A colour and the name that style sheets know it by.
pub(super) struct Colour {
    name: &'static str,
    /// In light surroundings, and where only one can be given.
    pub(super) light: &'static str,
    dark: &'static str,
}

macro_rules! colours {
    ($($constant:ident $name:literal $light:literal $dark:literal;)*) => {
        $(pub(super) const $constant: Colour = Colour { name: $name, light: $light, dark: $dark };)*
        const ALL: &[Colour] = &[$($constant),*];
    };
}

colours! {
    PAGE "page" "#ffffff" "#0d1117";
    GROUP "group" "#f3f5f8" "#161c25";
    RIM "rim" "#c4ccd6" "#3b4552";
    CARD "card" "#ffffff" "#0d1117";
    TEXT "text" "#1c2430" "#e8edf3";
    SOFT "soft" "#545d69" "#a3adb9";
    LINE "line" "#66707d" "#8b96a4";
    PUBLIC "public" "#b54708" "#f59352";
    PUBLIC_CARD "public-card" "#fff3e8" "#2b1c10";
    PRIVATE "private" "#0b62c4" "#6cb0ff";
    PRIVATE_CARD "private-card" "#e9f3ff" "#0f2238";
    OUTSIDE "outside" "#6f42c1" "#c4a3ff";
    OUTSIDE_CARD "outside-card" "#f6f1ff" "#1f1833";
    HALF "half" "#8a6100" "#d8a63a";
    OPENED "opened" "#157a35" "#4cc267";
    CLOSED "closed" "#c9222d" "#ff7b76";
}

/// The colour of lines that look like this; `None` for the plain one.
pub(super) fn of_line(style: Style) -> Option<&'static Colour> {
    match (style.change, style.state, style.tone) {
        (Shift::Opened, ..) => Some(&OPENED),
        (Shift::Closed, ..) => Some(&CLOSED),
        (Shift::Ports, ..) | (Shift::Same, State::HalfOpen, _) => Some(&HALF),
        (Shift::Same, State::Consent, _) => Some(&SOFT),
        (Shift::Same, State::Open, Tone::Public) => Some(&PUBLIC),
        (Shift::Same, State::Open, Tone::Private) => Some(&PRIVATE),
        (Shift::Same, State::Open, Tone::Plain) => None,
    }
}

/// The colours of a node's surface and rim.
pub(super) fn of_node(kind: NodeKind) -> (&'static Colour, &'static Colour) {
    match kind {
        NodeKind::Host(Access::Public) | NodeKind::Internet => (&PUBLIC_CARD, &PUBLIC),
        NodeKind::Host(Access::Private) => (&PRIVATE_CARD, &PRIVATE),
        NodeKind::Controller | NodeKind::Addresses | NodeKind::Platform | NodeKind::External => {
            (&OUTSIDE_CARD, &OUTSIDE)
        }
        NodeKind::App | NodeKind::Pods | NodeKind::EveryPod => (&CARD, &SOFT),
    }
}

fn properties(of: fn(&Colour) -> &'static str) -> String {
    ALL.iter().map(|colour| format!(" --{}: {};", colour.name, of(colour))).collect()
}

/// The colours as properties of a style sheet, as the surroundings want them. An attribute `data-theme` of the root element
/// decides where there is one.
pub(super) fn style() -> String {
    let (light, dark) = (properties(|colour| colour.light), properties(|colour| colour.dark));
    format!(
        ":root {{{light} }}\n\
         @media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{{dark} }} }}\n\
         :root[data-theme=dark] {{{dark} }}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two colours (WCAG 2.2, "relative luminance" and "contrast ratio").
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |colour: &str| {
            let channel = |at: usize| {
                let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("a channel");
                let value = f64::from(value) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn texts_and_lines_can_be_told_from_what_is_behind_them() {
        let texts = [TEXT, SOFT, PUBLIC, PRIVATE, HALF, OPENED, CLOSED];
        let behind = [PAGE, GROUP, CARD];
        for (front, least) in texts.iter().map(|text| (text, 4.5)).chain([(&LINE, 3.0), (&OUTSIDE, 3.0)]) {
            for back in &behind {
                for (a, b) in [(front.light, back.light), (front.dark, back.dark)] {
                    assert!(contrast(a, b) >= least, "{} on {}: {}", front.name, back.name, contrast(a, b));
                }
            }
        }
        for card in [PUBLIC_CARD, PRIVATE_CARD, OUTSIDE_CARD] {
            assert!(
                contrast(TEXT.light, card.light) >= 4.5 && contrast(SOFT.light, card.light) >= 4.5,
                "{}",
                card.name
            );
            assert!(contrast(TEXT.dark, card.dark) >= 4.5 && contrast(SOFT.dark, card.dark) >= 4.5, "{}", card.name);
        }
    }
}
