//! Who may connect to an app, and what an app may connect to.

use crate::view::View;
use serde_json::json;
use smol_str::SmolStr;
use tower_lsp_server::gen_lsp_types::{
    CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, Range, SymbolKind,
};
use xks_core::source::FileId;
use xks_ide::features::call_hierarchy::{self, Call, Item, Party};
use xks_ide::snapshot::At;

/// The app or tenant at a place.
pub(crate) fn prepare(view: &View, at: At) -> Option<Vec<CallHierarchyItem>> {
    Some(vec![item(view, call_hierarchy::prepare(&view.snapshot, at)?)])
}

/// Who may connect to an item.
pub(crate) fn incoming(view: &View, to: &CallHierarchyItem) -> Option<Vec<CallHierarchyIncomingCall>> {
    let one = |call: Call| CallHierarchyIncomingCall {
        from_ranges: ranges(view, &call, call.other.span.file),
        from: item(view, call.other),
    };
    Some(call_hierarchy::incoming(&view.snapshot, &party(to)?).into_iter().map(one).collect())
}

/// What an item, which is in a file, may connect to.
pub(crate) fn outgoing(view: &View, file: FileId, from: &CallHierarchyItem) -> Option<Vec<CallHierarchyOutgoingCall>> {
    let one =
        |call: Call| CallHierarchyOutgoingCall { from_ranges: ranges(view, &call, file), to: item(view, call.other) };
    Some(call_hierarchy::outgoing(&view.snapshot, &party(from)?).into_iter().map(one).collect())
}

fn ranges(view: &View, call: &Call, file: FileId) -> Vec<Range> {
    call.within(file).map(|span| view.range(span)).collect()
}

/// An item as the client holds it between its questions.
fn item(view: &View, item: Item) -> CallHierarchyItem {
    let range = view.range(item.span);
    let Party { tenant, name } = item.party;
    CallHierarchyItem {
        name: xks_core::escape::word(&item.title).into_owned(),
        kind: if tenant.is_some() { SymbolKind::Class } else { SymbolKind::Interface },
        tags: None,
        detail: item.detail,
        uri: view.uri(item.span.file),
        range,
        selection_range: range,
        data: Some(json!({ "tenant": tenant.as_deref(), "name": name.as_str() })),
    }
}

fn party(item: &CallHierarchyItem) -> Option<Party> {
    let data = item.data.as_ref()?;
    Some(Party { tenant: data["tenant"].as_str().map(SmolStr::new), name: SmolStr::new(data["name"].as_str()?) })
}
