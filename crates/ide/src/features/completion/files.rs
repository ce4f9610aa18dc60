//! The manifests that an `include` can name, folder by folder.

use super::items::{ItemKind, Items};

/// The manifests and folders in the folder that has been typed, from that of the file on.
pub(super) fn manifests(items: &mut Items<'_>) {
    let quote =
        items.word.start.checked_sub(1).and_then(|at| items.snapshot.source(items.word.file).text.get(at as usize..));
    if !quote.is_some_and(|text| text.starts_with('"')) {
        return;
    }
    let typed = items.typed();
    let folder = typed.rsplit_once('/').map_or("", |(folder, _)| folder);
    if folder.split('/').any(|part| part == "..") || folder.starts_with('/') || typed.starts_with('/') {
        return;
    }
    items.behind(if folder.is_empty() { 0 } else { folder.len() + 1 });
    let own = items.snapshot.source(items.word.file).folder();
    for (name, is_folder) in items.snapshot.listing.of(&format!("{own}{folder}")) {
        if is_folder {
            items.word(&format!("{name}/"), ItemKind::Folder, "");
        } else {
            items.word(&name, ItemKind::File, "");
        }
    }
}
