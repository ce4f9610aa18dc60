//! Pods, and what makes pods of a template.

use super::super::Found;
use super::super::structure::whole;
use super::{claim, disruption, metadata, schedule, selector};
use crate::cluster::labels::Labels;
use crate::yaml::{Node, Value};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use xks_base::values::{Problem, name, port};

/// Kinds that make pods of a template.
const KINDS: &[&str] =
    &["CronJob", "DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"];

/// Where the template of a kind stands, if it has one.
pub(super) fn template_of<'n>(node: &'n Node<'n>, kind: &str) -> Option<&'n Node<'n>> {
    match kind {
        "Pod" => Some(node),
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" | "Job" | "ReplicationController" => {
            node.at(&["spec", "template"])
        }
        "CronJob" => node.at(&["spec", "jobTemplate", "spec", "template"]),
        _ => None,
    }
}

pub(super) fn check<'n>(found: &mut Found<'n>, node: &'n Node<'n>, kind: &str) {
    let Some(template) = template_of(node, kind) else {
        if KINDS.contains(&kind) && node.get("spec").is_none_or(|spec| matches!(spec.value, Value::Map(_))) {
            found.lacks(node, "spec", "has no template of its pods");
        }
        return;
    };
    if kind != "Pod" {
        metadata::template(found, template.get("metadata"));
    }
    spec(found, node.get("spec").filter(|_| kind != "Pod"));
    if kind == "CronJob" {
        let job = node.at(&["spec", "jobTemplate"]);
        spec(found, job.and_then(|job| job.get("spec")));
        schedule::check(found, node.get("spec"));
    }
    if matches!(kind, "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet") {
        selects(found, node, template);
    }
    let Some(pod) = template.get("spec") else {
        return found.lacks(template, "spec", "is missing");
    };
    let restart = pod.get("restartPolicy");
    match kind {
        "Pod" => super::word(found, restart, &["Always", "OnFailure", "Never"]),
        "Job" | "CronJob" => match restart {
            Some(_) => super::word(found, restart, &["OnFailure", "Never"]),
            None => found.lacks(pod, "restartPolicy", "is missing; that of a Job is OnFailure or Never"),
        },
        _ => super::word(found, restart, &["Always"]),
    }
    super::text(found, node.at(&["spec", "serviceName"]).filter(|name| name.as_str() != Some("")), name::label);
    let claims = node.at(&["spec", "volumeClaimTemplates"]).map_or(&[][..], Node::items);
    claims.iter().for_each(|template| claim::check(found, template, template.get("spec")));
    let claims = claims.iter().filter_map(|claim| claim.at(&["metadata", "name"])?.as_str()).collect();
    self::pod(found, pod, claims);
}

/// Numbers and shares of what makes pods.
fn spec<'n>(found: &mut Found<'n>, spec: Option<&'n Node<'n>>) {
    const NUMBERS: &[&str] = &[
        "activeDeadlineSeconds",
        "backoffLimit",
        "completions",
        "failedJobsHistoryLimit",
        "minReadySeconds",
        "parallelism",
        "progressDeadlineSeconds",
        "replicas",
        "revisionHistoryLimit",
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "ttlSecondsAfterFinished",
    ];
    super::not_negative(found, spec, NUMBERS);
    for strategy in ["strategy", "updateStrategy"] {
        let rolling = spec.and_then(|spec| spec.at(&[strategy, "rollingUpdate"]));
        for field in ["maxSurge", "maxUnavailable"] {
            disruption::share(found, rolling.and_then(|rolling| rolling.get(field)));
        }
        super::not_negative(found, rolling, &["partition"]);
    }
}

/// The selector of what makes pods: it selects those that it makes, and is not empty.
fn selects<'n>(found: &mut Found<'n>, node: &'n Node<'n>, template: &'n Node<'n>) {
    let Some(written) = node.at(&["spec", "selector"]) else { return };
    selector::check(found, Some(written));
    if selector::is_empty(written) {
        return found.refuse(written, "is empty");
    }
    let mut labels: Labels = template
        .at(&["metadata", "labels"])
        .map_or(&[][..], Node::entries)
        .iter()
        .map(|(key, value)| (SmolStr::new(key), SmolStr::new(value.as_str().unwrap_or_default())))
        .collect();
    labels.sort();
    let unmet = selector::requirements(written).into_iter().find(|requirement| !requirement.matches(&labels));
    if let Some(requirement) = unmet {
        found.refuse(
            written,
            format!("does not select the pods of `template`, whose labels do not meet `{requirement}`"),
        );
    }
}

fn pod<'n>(found: &mut Found<'n>, pod: &'n Node<'n>, claims: FxHashSet<&'n str>) {
    if let Some(list) =
        pod.get("containers").filter(|list| matches!(&list.value, Value::List(items) if items.is_empty()))
    {
        found.refuse(list, "is empty");
    }
    let mut volumes = volumes(found, pod);
    volumes.extend(claims);
    super::not_negative(found, Some(pod), &["terminationGracePeriodSeconds"]);
    let mut names = FxHashSet::default();
    for (field, starts_first) in [("initContainers", true), ("containers", false)] {
        for container in pod.get(field).map_or(&[][..], Node::items) {
            let written = container.get("name");
            super::text(found, written, name::label);
            unlike_before(found, &mut names, written, "container");
            self::container(found, container, &volumes, starts_first);
        }
    }
    metadata::labels(found, pod.get("nodeSelector"));
    super::word(found, pod.get("dnsPolicy"), &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]);
}

/// Refuses a word that one before it has too.
fn unlike_before<'n>(
    found: &mut Found<'n>,
    seen: &mut FxHashSet<&'n str>,
    written: Option<&'n Node<'n>>,
    what: &'static str,
) {
    if let Some((node, text)) = written.and_then(|node| Some((node, node.as_str()?)))
        && !seen.insert(text)
    {
        found.refuse(node, format!("is `{text}`, as of a {what} before it"));
    }
}

/// Checks the volumes, and gives their names.
fn volumes<'n>(found: &mut Found<'n>, pod: &'n Node<'n>) -> FxHashSet<&'n str> {
    let mut names = FxHashSet::default();
    for volume in pod.get("volumes").map_or(&[][..], Node::items) {
        let written = volume.get("name");
        super::text(found, written, name::label);
        unlike_before(found, &mut names, written, "volume");
        let sources =
            volume.entries().iter().filter(|(key, value)| key != "name" && !matches!(value.value, Value::Null));
        match sources.count() {
            1 => {}
            0 => found.refuse(volume, "has no source: `emptyDir`, `configMap`, `secret`, …"),
            _ => found.refuse(volume, "has more than one source"),
        }
    }
    names
}

fn container<'n>(found: &mut Found<'n>, container: &'n Node<'n>, volumes: &FxHashSet<&str>, starts_first: bool) {
    match container.get("image").and_then(Node::as_str) {
        Some("") => found.lacks(container, "image", "is empty"),
        Some(image) if image != image.trim() => {
            found.refuse(container.get("image").unwrap_or(container), "has blanks around it");
        }
        Some(_) => {}
        None if container.get("image").is_none() => found.lacks(container, "image", "is missing"),
        None => {}
    }
    if starts_first {
        super::word(found, container.get("restartPolicy"), &["Always", "OnFailure", "Never"]);
    }
    let mut names = FxHashSet::default();
    for port in container.get("ports").map_or(&[][..], Node::items) {
        super::port_number(found, port.get("containerPort"));
        super::port_number(found, port.get("hostPort").filter(|node| whole(node) != Some(0)));
        let written = port.get("name").filter(|name| name.as_str() != Some(""));
        super::text(found, written, port::name);
        unlike_before(found, &mut names, written, "port");
    }
    for variable in container.get("env").map_or(&[][..], Node::items) {
        super::text(found, variable.get("name"), env_name);
        let value = variable.get("value").filter(|value| value.as_str() != Some(""));
        if let (Some(_), Some(from)) = (value, variable.get("valueFrom")) {
            found.refuse(from, "cannot stand beside `value`");
        }
        if let Some(from) = variable.get("valueFrom") {
            let sources = from.entries().iter().filter(|(_, source)| !matches!(source.value, Value::Null)).count();
            if sources != 1 {
                found.refuse(from, "has exactly one of `configMapKeyRef`, `secretKeyRef`, `fieldRef`, `resourceFieldRef`, `fileKeyRef`");
            }
        }
    }
    let mut paths = FxHashSet::default();
    for mount in container.get("volumeMounts").map_or(&[][..], Node::items) {
        let written = mount.get("name");
        if let Some(text) = written.and_then(Node::as_str)
            && !volumes.contains(text)
        {
            found.refuse(written.unwrap_or(mount), format!("is `{text}`, and the pod has no such volume"));
        }
        unlike_before(found, &mut paths, mount.get("mountPath"), "mount");
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(written) = container.get(probe) {
            self::probe(found, written);
        }
    }
    resources(found, container.get("resources"));
}

fn env_name(text: &str) -> Result<(), Problem> {
    match text {
        "" => Err(Problem::new("it is empty")),
        text if text.contains('=') || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => {
            Err(Problem::new("it has `=` or a character that is not printable ASCII"))
        }
        _ => Ok(()),
    }
}

fn probe<'n>(found: &mut Found<'n>, probe: &'n Node<'n>) {
    const HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];
    match HANDLERS.iter().filter(|handler| probe.get(handler).is_some()).count() {
        1 => {}
        0 => found.refuse(probe, "has no handler: `httpGet`, `tcpSocket`, `exec` or `grpc`"),
        _ => found.refuse(probe, "has more than one handler"),
    }
    for handler in ["httpGet", "tcpSocket"] {
        super::port_or_name(found, probe.at(&[handler, "port"]));
    }
    const NUMBERS: &[&str] =
        &["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];
    super::not_negative(found, Some(probe), NUMBERS);
}

fn resources<'n>(found: &mut Found<'n>, resources: Option<&'n Node<'n>>) {
    for field in ["limits", "requests"] {
        let amounts = resources.and_then(|resources| resources.get(field)).map_or(&[][..], Node::entries);
        for (_, amount) in amounts {
            let text = match &amount.value {
                Value::Text(text) | Value::Number(text) => text,
                _ => continue,
            };
            if text.starts_with('-') {
                found.refuse(amount, "is less than 0");
            }
        }
    }
}
