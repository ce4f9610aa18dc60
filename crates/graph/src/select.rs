//! The part of a graph that concerns some tenants.

use super::{Graph, Group, GroupKind};

impl Graph {
    /// The tenants by name.
    pub fn tenants(&self) -> Vec<&str> {
        self.groups.iter().filter(|group| group.kind == GroupKind::Tenant).map(|group| group.key.as_str()).collect()
    }

    /// What belongs to these tenants, who may reach that, and whom it may reach; everything if none is named.
    pub fn of_tenants(self, tenants: &[String]) -> Graph {
        if tenants.is_empty() {
            return self;
        }
        let chosen = |group: &Group| tenants.contains(&group.key);
        let concerned: Vec<bool> = self
            .groups
            .iter()
            .map(|group| chosen(group) || group.members.iter().any(|member| tenants.contains(member)))
            .collect();
        let own: Vec<bool> = self.nodes.iter().map(|node| chosen(&self.groups[node.group])).collect();
        let touches: Vec<bool> = self.nodes.iter().map(|node| concerned[node.group]).collect();
        let kept = |from: usize, to: usize| touches[from] || touches[to];
        let mut shown = own;
        for edge in self.edges.iter().filter(|edge| kept(edge.from, edge.to)) {
            shown[edge.from] = true;
            shown[edge.to] = true;
        }
        self.retain(|at, _| shown[at], |edge| kept(edge.from, edge.to), |group| chosen(group))
    }
}
