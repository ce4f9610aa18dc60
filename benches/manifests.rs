//! Synthetic manifests: N tenants that each have 10 pods and 13 policies, and talk to the next one.

use std::fmt::Write as _;

/// The manifests of `tenants` tenants, in one text: 24 objects a tenant, and 4 of the platform's.
pub(crate) fn manifests(tenants: usize) -> String {
    let mut out = String::new();
    for (namespace, pod, key, value) in
        [("kube-system", "kube-dns", "k8s-app", "kube-dns"), ("ingress-nginx", "controller", "app", "controller")]
    {
        self::namespace(&mut out, namespace);
        self::pod(&mut out, namespace, pod, key, value);
    }
    for tenant in 0..tenants {
        let (own, next) = (format!("t{tenant}"), format!("t{}", (tenant + 1) % tenants));
        namespace(&mut out, &own);
        for app in 0..10 {
            let app = format!("a{app}");
            pod(&mut out, &own, &app, "app", &app);
        }
        policy(&mut out, &own, "default-deny", None, &["Ingress", "Egress"]);
        out.push_str(
            "  ingress:\n  - from:\n    - podSelector: {}\n  egress:\n  - to:\n    - namespaceSelector: {}\n      podSelector:\n        matchLabels:\n          k8s-app: kube-dns\n    ports:\n    - port: 53\n      protocol: UDP\n  - to:\n    - podSelector: {}\n",
        );
        for app in 0..5 {
            policy(&mut out, &own, &format!("allow-ingress-controller-a{app}"), Some(&format!("a{app}")), &["Ingress"]);
            let _ = writeln!(
                out,
                "  ingress:\n  - from:\n    - namespaceSelector:\n        matchLabels:\n          name: ingress-nginx"
            );
        }
        for app in 0..3 {
            let (from, to) = (format!("a{}", app + 5), format!("a{app}"));
            policy(&mut out, &own, &format!("allow-egress-{from}-to-{next}-{to}"), Some(&from), &["Egress"]);
            peer(&mut out, "egress", "to", &next, &to);
            policy(&mut out, &next, &format!("allow-ingress-{to}-from-{own}-{from}"), Some(&to), &["Ingress"]);
            peer(&mut out, "ingress", "from", &own, &from);
        }
        policy(&mut out, &own, "allow-internet-egress-a8", Some("a8"), &["Egress"]);
        out.push_str("  egress:\n  - to:\n    - ipBlock:\n        cidr: 0.0.0.0/0\n");
    }
    out
}

fn namespace(out: &mut String, name: &str) {
    let _ =
        writeln!(out, "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n  labels:\n    name: {name}");
}

fn pod(out: &mut String, namespace: &str, name: &str, key: &str, value: &str) {
    let _ = writeln!(
        out,
        "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  namespace: {namespace}\n  labels:\n    {key}: {value}\nspec:\n  containers:\n  - name: c\n    image: x\n    ports:\n    - containerPort: 8080\nstatus:\n  podIP: ''\n  hostIP: ''"
    );
}

fn policy(out: &mut String, namespace: &str, name: &str, app: Option<&str>, types: &[&str]) {
    let _ = writeln!(
        out,
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {name}\n  namespace: {namespace}\nspec:"
    );
    match app {
        Some(app) => drop(writeln!(out, "  podSelector:\n    matchLabels:\n      app: {app}")),
        None => out.push_str("  podSelector: {}\n"),
    }
    out.push_str("  policyTypes:\n");
    for word in types {
        let _ = writeln!(out, "  - {word}");
    }
}

fn peer(out: &mut String, direction: &str, peers: &str, namespace: &str, app: &str) {
    let _ = writeln!(
        out,
        "  {direction}:\n  - {peers}:\n    - namespaceSelector:\n        matchLabels:\n          name: {namespace}\n      podSelector:\n        matchLabels:\n          app: {app}\n    ports:\n    - port: 8080\n      protocol: TCP"
    );
}
