"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { groups, nodes, edges, statements } = data;
  const editor = typeof acquireVsCodeApi === "function" ? acquireVsCodeApi() : null;
  const byId = (id) => document.getElementById(id);
  const [stage, picture, panel, focus, find] = ["stage", "picture", "panel", "focus", "find"].map(byId);

  // Elements, made without markup: whatever a workspace says stays text.
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") element.addEventListener("click", value);
      else if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };
  const heading = (text) => make("h3", {}, text);

  // ---- The graph

  const edgesOf = nodes.map(() => ({ in: [], out: [] }));
  edges.forEach((edge, at) => {
    edgesOf[edge.from].out.push(at);
    edgesOf[edge.to].in.push(at);
  });
  /** The edges of a node in one direction: its own, then those of selections that hold its pods. */
  const reach = (node, way) => {
    const found = edgesOf[node][way].map((edge) => ({ edge, through: null }));
    for (const wider of nodes[node].within) {
      for (const edge of edgesOf[wider][way]) found.push({ edge, through: wider });
    }
    // Consent says nothing about a node that an open edge does not say already.
    const other = ({ edge }) => (way === "in" ? edges[edge].from : edges[edge].to);
    const open = new Set(found.filter(({ edge }) => edges[edge].state === "open").map(other));
    return found.filter((each) => edges[each.edge].state !== "consent" || each.through === null || !open.has(other(each)));
  };
  const isOpen = (edge) => edge.state === "open" && edge.change !== "closed";
  const isPublic = (edge) => nodes[edge.from].kind === "public" || nodes[edge.from].kind === "internet" || nodes[edge.to].kind === "internet";
  const tone = (edge) => (isPublic(edge) ? "public" : nodes[edge.from].kind === "private" ? "private" : "");
  const classes = (edge) => [tone(edge), edge.state, edge.change].filter(Boolean).join(" ");

  // ---- Size and place

  const whole = picture.viewBox.baseVal;
  const bounds = { x: 0, y: 40, width: whole.width, height: Math.max(whole.height - 40, 1) };
  let view = { ...bounds };
  const show = (next) => {
    view = next;
    picture.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    const scale = Math.min(stage.clientWidth / view.width, stage.clientHeight / view.height);
    picture.classList.toggle("far", scale < 0.4);
  };
  const fit = () => show({ ...bounds });
  const zoom = (factor, at = { x: 0.5, y: 0.5 }) => {
    const width = Math.min(Math.max(view.width * factor, 120), bounds.width * 4);
    const by = width / view.width;
    show({ x: view.x + view.width * (1 - by) * at.x, y: view.y + view.height * (1 - by) * at.y, width, height: view.height * by });
  };
  const move = (x, y) => show({ ...view, x: view.x + x * view.width, y: view.y + y * view.height });
  /** Brings these elements into view, unless they are. */
  const reveal = (elements) => {
    const boxes = elements.map((element) => element.getBBox()).filter((box) => box.width || box.height);
    if (boxes.length === 0) return;
    const left = Math.min(...boxes.map((box) => box.x)) - 60;
    const top = Math.min(...boxes.map((box) => box.y)) - 60;
    const right = Math.max(...boxes.map((box) => box.x + box.width)) + 60;
    const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 60;
    const inside = left >= view.x && top >= view.y && right <= view.x + view.width && bottom <= view.y + view.height;
    const readable = Math.min(stage.clientWidth / view.width, stage.clientHeight / view.height) >= 0.6;
    if (inside && readable) return;
    const width = Math.max(right - left, stage.clientWidth * 0.8);
    const height = Math.max(bottom - top, stage.clientHeight * 0.8);
    show({ x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height });
  };
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = stage.getBoundingClientRect();
    zoom(Math.exp(event.deltaY * 0.0015), { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
  }, { passive: false });
  let drag = null;
  stage.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, from: view, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(x, y) < 4) return;
    drag.moved = true;
    stage.classList.add("moving");
    const scale = Math.min(stage.clientWidth / view.width, stage.clientHeight / view.height);
    show({ ...drag.from, x: drag.from.x - x / scale, y: drag.from.y - y / scale });
  });
  window.addEventListener("pointerup", () => {
    stage.classList.remove("moving");
    setTimeout(() => { drag = null; }, 0);
  });

  // ---- What is chosen

  const nodeElement = new Map();
  const edgeElement = new Map();
  picture.querySelectorAll("[data-node]").forEach((element) => {
    const at = Number(element.dataset.node);
    nodeElement.set(at, element);
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", nodes[at].name);
  });
  picture.querySelectorAll("[data-edge]").forEach((element) => edgeElement.set(Number(element.dataset.edge), element));
  const shared = [...picture.querySelectorAll("[data-edges]")].map((element) => ({
    element,
    edges: element.dataset.edges.split(" ").filter(Boolean).map(Number),
  }));

  let chosen = { nodes: [], edges: [] };
  /** Lights up nodes and edges, and dims the rest. */
  const light = (litNodes, litEdges, marked = []) => {
    picture.querySelectorAll(".lit, .chosen").forEach((element) => element.classList.remove("lit", "chosen"));
    const any = litNodes.size > 0 || litEdges.size > 0;
    picture.classList.toggle("choosing", any);
    litNodes.forEach((node) => nodeElement.get(node)?.classList.add("lit"));
    litEdges.forEach((edge) => edgeElement.get(edge)?.classList.add("lit"));
    shared.forEach(({ element, edges }) => {
      if (edges.some((edge) => litEdges.has(edge))) element.classList.add("lit");
    });
    marked.forEach((node) => nodeElement.get(node)?.classList.add("chosen"));
  };
  const remember = (kind, key) => {
    try {
      history.replaceState(null, "", kind ? `#${kind}=${encodeURIComponent(key)}` : "#");
    } catch {
      // A page without an address of its own, as in an editor, has nothing to remember it by.
    }
  };

  const chooseNode = (node) => {
    closeFocus();
    const all = [...reach(node, "in"), ...reach(node, "out")].map(({ edge }) => edge);
    const around = new Set([node, ...all.flatMap((edge) => [edges[edge].from, edges[edge].to])]);
    chosen = { nodes: [node], edges: [] };
    light(around, new Set(all), [node]);
    reveal([nodeElement.get(node)]);
    describeNode(node);
    remember("node", nodes[node].key);
  };
  const chooseEdges = (list) => {
    if (list.length === 0) return;
    chosen = { nodes: [], edges: list };
    light(new Set(list.flatMap((edge) => [edges[edge].from, edges[edge].to])), new Set(list));
    describeEdges(list);
    if (focus.hidden) reveal(list.map((edge) => edgeElement.get(edge)).filter(Boolean));
    remember("edge", list.map((edge) => `${nodes[edges[edge].from].key}|${nodes[edges[edge].to].key}`)[0]);
  };
  const chooseGroup = (group) => {
    closeFocus();
    const own = nodes.flatMap((node, at) => (node.group === group ? [at] : []));
    const all = own.flatMap((node) => [...edgesOf[node].in, ...edgesOf[node].out]);
    chosen = { nodes: own, edges: [] };
    light(new Set([...own, ...all.flatMap((edge) => [edges[edge].from, edges[edge].to])]), new Set(all));
    describeGroup(group, own, all);
    remember("tenant", groups[group].key);
  };
  const clear = () => {
    chosen = { nodes: [], edges: [] };
    light(new Set(), new Set());
    describeAll();
    remember();
  };

  // ---- The panel

  const placeOf = (place) => {
    const text = `${place.file}:${place.line}`;
    if (!editor) return make("span", { class: "place mono" }, text);
    const open = () => editor.postMessage({ type: "open", file: place.file, line: place.line, column: place.column });
    return make("button", { class: "place mono", type: "button", title: "Open", onclick: open }, text);
  };
  const badge = (text, kind = "") => make("span", { class: `badge ${kind}` }, text);
  const changes = { opened: "opened", closed: "closed", ports: "other ports or conditions", new: "new", gone: "gone", changed: "changed" };
  const edgeRow = (at, words) => {
    const edge = edges[at];
    return make("li", {}, make("button", { class: `row ${classes(edge)}`, type: "button", onclick: () => chooseEdges([at]) },
      make("span", { class: "mono" }, words), " ", make("span", { class: "ports mono" }, edge.label),
      edge.state === "half" ? " (half open)" : edge.state === "consent" ? " (consent)" : ""));
  };
  const list = (title, rows) => (rows.length === 0 ? [] : [heading(`${title} (${rows.length})`), make("ul", {}, ...rows)]);
  const fill = (...children) => {
    panel.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
    panel.scrollTop = 0;
  };
  const nodeRow = (at) => make("li", {}, make("button", { class: "row", type: "button", onclick: () => chooseNode(at) },
    make("span", { class: "mono" }, nodes[at].name),
    make("span", { class: "soft" }, ` ${nodes[at].side === "pods" ? "" : groups[nodes[at].group].title} ${nodes[at].detail ?? ""}`)));

  const describeAll = () => {
    const of = (test) => edges.flatMap((edge, at) => (test(edge) ? [edgeRow(at, `${nodes[edge.from].name} \u2192 ${nodes[edge.to].name}`)] : []));
    const between = (edge) => nodes[edge.from].side === "pods" && nodes[edge.to].side === "pods" && nodes[edge.from].group !== nodes[edge.to].group;
    const parts = data.since
      ? [
          ...list("Opened", of((edge) => edge.change === "opened")),
          ...list("Closed", of((edge) => edge.change === "closed")),
          ...list("Other ports or conditions", of((edge) => edge.change === "ports")),
        ]
      : [
          ...list("The internet may reach", of((edge) => isOpen(edge) && nodes[edge.to].kind !== "internet" && isPublic(edge))),
          ...list("May reach the internet", of((edge) => isOpen(edge) && nodes[edge.to].kind === "internet")),
          ...list("Half open", of((edge) => edge.state === "half")),
          ...list("Between tenants", of((edge) => isOpen(edge) && between(edge))),
        ];
    fill(make("h2", {}, data.since ? `Since ${data.since}` : "At a glance"),
      parts.length === 0 ? make("p", { class: "soft" }, data.since ? "Nothing opened, nothing closed." : "Nothing is open between tenants or to the outside.") : null,
      ...parts);
  };

  const reachList = (node, way) => {
    const other = (edge) => (way === "in" ? nodes[edge.from] : nodes[edge.to]);
    return reach(node, way).map(({ edge, through }) => {
      const row = edgeRow(edge, other(edges[edge]).name);
      if (through !== null) row.firstChild.append(make("span", { class: "soft" }, ` as ${nodes[through].name}`));
      return row;
    });
  };
  const describeNode = (at) => {
    const node = nodes[at];
    const group = groups[node.group];
    const inside = node.side === "pods" && group.open_inside
      ? make("p", { class: "soft" }, `The pods of ${group.title} may reach each other: it is not isolated.`) : null;
    fill(make("h2", { class: "mono" }, node.name),
      make("p", {}, badge(group.title), node.detail ? badge(node.detail, node.kind) : null,
        node.change === "same" ? null : badge(changes[node.change], node.change)),
      ...node.notes.map((note) => make("p", { class: "soft" }, note)),
      node.place ? placeOf(node.place) : null,
      make("div", { class: "acts" }, make("button", { type: "button", onclick: () => openFocus(at) }, "Only its neighbourhood")),
      inside,
      ...list("May be reached by", reachList(at, "in")),
      ...list("May reach", reachList(at, "out")));
  };
  const describeGroup = (at, own, all) => {
    const group = groups[at];
    const crossing = [...new Set(all)].filter((edge) => nodes[edges[edge].from].group !== nodes[edges[edge].to].group);
    const words = (edge) => `${nodes[edges[edge].from].name} \u2192 ${nodes[edges[edge].to].name}`;
    fill(make("h2", { class: "mono" }, group.title), make("p", { class: "soft" }, group.subtitle),
      group.members.length ? make("p", { class: "soft" }, group.members.join(", ")) : null,
      group.place ? placeOf(group.place) : null,
      ...list("Across tenants", crossing.map((edge) => edgeRow(edge, words(edge)))),
      ...list("Inside", own.map(nodeRow)));
  };
  const statementCard = (at, extra) => {
    const statement = statements[at];
    return make("div", { class: `statement${statement.gone ? " gone" : ""}` },
      make("code", {}, statement.text),
      statement.because ? make("p", { class: "because" }, statement.because) : null,
      make("p", {}, placeOf(statement.place), statement.tenant ? make("span", { class: "soft" }, `  ${statement.tenant}`) : null),
      statement.until ? make("p", { class: "soft" }, `until ${statement.until}`) : null,
      statement.gone ? make("p", { class: "soft" }, `before: in ${data.since}`) : null,
      ...extra);
  };
  const halves = {
    ingress: "Only the half of the destination: it opens nothing until the source\u2019s tenant allows it too.",
    egress: "Only the half of the source: nothing on the other side takes it in.",
  };
  const describeEdges = (all) => {
    const parts = all.slice(0, 40).flatMap((at) => {
      const edge = edges[at];
      const says = edge.openings.flatMap((opening) => {
        const notes = [...opening.notes, halves[opening.half]].filter(Boolean).map((note) => make("p", { class: "soft" }, note));
        const consents = opening.consents.map((consent) => statementCard(consent, [make("p", { class: "soft" }, "consents to it")]));
        return [statementCard(opening.statement, notes), ...consents];
      });
      return [
        make("h2", { class: "mono" }, `${nodes[edge.from].name} \u2192 ${nodes[edge.to].name}`),
        make("p", {}, badge(edge.label, tone(edge)), edge.state === "half" ? badge("half open", "half") : null,
          edge.state === "consent" ? badge("consent") : null, edge.change === "same" ? null : badge(changes[edge.change], edge.change)),
        make("div", { class: "acts" },
          make("button", { type: "button", onclick: () => chooseNode(edge.from) }, nodes[edge.from].name),
          make("button", { type: "button", onclick: () => chooseNode(edge.to) }, nodes[edge.to].name)),
        ...says,
      ];
    });
    const more = all.length > 40 ? [make("p", { class: "soft" }, `and ${all.length - 40} more`)] : [];
    fill(...(all.length > 1 ? [make("p", { class: "soft" }, `${all.length} connections share this line.`)] : []), ...parts, ...more);
  };

  // ---- The neighbourhood of one node

  const card = (at, click) => {
    const node = nodes[at];
    return make("button", { class: `card ${node.kind}`, type: "button", onclick: click },
      make("b", { class: "mono" }, node.label), make("small", {}, groups[node.group].title), node.detail ? make("small", {}, node.detail) : null);
  };
  const hop = ({ edge, through }, way) => {
    const { from, to, label } = edges[edge];
    const other = way === "in" ? from : to;
    const wire = make("button", { class: "wire-label mono", type: "button", title: "What says so", onclick: () => chooseEdges([edge]) },
      make("span", {}, through === null ? label : `${label} as ${nodes[through].kind === "every" ? "every pod" : nodes[through].label}`));
    const box = card(other, () => (nodes[other].side === "pods" ? openFocus(other) : chooseEdges([edge])));
    return make("div", { class: `hop ${classes(edges[edge])}` }, ...(way === "in" ? [box, wire] : [wire, box]));
  };
  const openFocus = (at) => {
    const node = nodes[at];
    const group = groups[node.group];
    const side = (way, title) => {
      const hops = reach(at, way).map((each) => hop(each, way));
      if (node.side === "pods" && group.open_inside) {
        const note = make("div", { class: "card note" }, make("small", {}, `every pod of ${group.title}: it is not isolated`));
        const wire = make("span", { class: "wire-label mono" }, make("span", {}, "all ports"));
        hops.push(make("div", { class: "hop" }, ...(way === "in" ? [note, wire] : [wire, note])));
      }
      if (hops.length === 0) hops.push(make("p", { class: "soft" }, "nobody"));
      return make("div", { class: `side ${way}` }, heading(title), ...hops);
    };
    chosen = { nodes: [at], edges: [] };
    describeNode(at);
    focus.replaceChildren(side("in", "May be reached by"), card(at, () => chooseNode(at)), side("out", "May reach"));
    focus.classList.toggle("long", focus.querySelectorAll(".hop").length > 16);
    focus.hidden = false;
    stage.hidden = true;
    focus.scrollTop = 0;
    remember("focus", node.key);
  };
  const closeFocus = () => {
    const was = !focus.hidden;
    focus.hidden = true;
    stage.hidden = false;
    return was;
  };

  // ---- Finding

  const findAll = (text) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (...texts) => words.every((word) => texts.some((each) => each && each.toLowerCase().includes(word)));
    return {
      groups: groups.flatMap((group, at) => (fits(group.title) ? [at] : [])),
      nodes: nodes.flatMap((node, at) => (fits(node.name, node.label, node.detail, groups[node.group].title) ? [at] : [])),
      statements: statements.flatMap((statement, at) => (fits(statement.text, statement.because) ? [at] : [])),
    };
  };
  const search = (text) => {
    if (text.trim() === "") return clear();
    closeFocus();
    const found = findAll(text);
    const said = new Set(found.statements);
    const through = edges.flatMap((edge, at) => (edge.openings.some((opening) => said.has(opening.statement)) ? [at] : []));
    light(new Set([...found.nodes, ...through.flatMap((edge) => [edges[edge].from, edges[edge].to])]), new Set(through));
    if (found.nodes.length === 0 && through.length === 0) picture.classList.add("choosing");
    const groupRow = (at) => make("li", {}, make("button", { class: "row", type: "button", onclick: () => chooseGroup(at) },
      make("span", { class: "mono" }, groups[at].title)));
    const nothing = found.groups.length + found.nodes.length + found.statements.length === 0;
    fill(make("h2", {}, nothing ? `Nothing is called \u201c${text}\u201d` : `Found \u201c${text}\u201d`),
      ...list("Tenants", found.groups.map(groupRow)),
      ...list("Apps, hosts and addresses", found.nodes.slice(0, 200).map(nodeRow)),
      ...list("Statements", found.statements.slice(0, 100).map((at) => make("li", {}, statementCard(at, [])))));
    remember("find", text);
    return found;
  };
  find.addEventListener("input", () => search(find.value));
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    panel.querySelector(".row")?.click();
  });

  // ---- Pointer and keys

  const listOf = (element) => (element.dataset.edges ?? element.dataset.edge ?? "").split(" ").filter(Boolean).map(Number);
  stage.addEventListener("click", (event) => {
    if (drag?.moved) return;
    const hit = event.target.closest("[data-node], [data-edges], [data-edge], [data-group]");
    if (!hit) return clear();
    if (hit.dataset.node !== undefined) return chooseNode(Number(hit.dataset.node));
    if (hit.dataset.group !== undefined) return chooseGroup(Number(hit.dataset.group));
    // Lines that run together lie on top of each other: all of them are meant.
    const stacked = document.elementsFromPoint(event.clientX, event.clientY).map((element) => element.closest("[data-edge]"));
    const under = [...new Set([hit, ...stacked.filter(Boolean)].flatMap(listOf))];
    chooseEdges(under);
  });
  stage.addEventListener("dblclick", (event) => {
    const hit = event.target.closest("[data-node]");
    if (hit) openFocus(Number(hit.dataset.node));
  });
  const acts = { in: () => zoom(0.8), out: () => zoom(1.25), fit };
  byId("tools").addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
  const back = () => {
    if (closeFocus()) chosen.nodes.length ? chooseNode(chosen.nodes[0]) : clear();
    else {
      find.value = "";
      clear();
    }
  };
  const keys = {
    "/": () => find.focus(), Escape: back, f: () => chosen.nodes.length === 1 && openFocus(chosen.nodes[0]),
    "+": acts.in, "=": acts.in, "-": acts.out, 0: fit,
    ArrowLeft: () => move(-0.1, 0), ArrowRight: () => move(0.1, 0), ArrowUp: () => move(0, -0.1), ArrowDown: () => move(0, 0.1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target === find;
    if (typing && event.key !== "Escape") {
      if (event.key === "ArrowDown") panel.querySelector(".row")?.focus();
      return;
    }
    const node = event.target.closest?.("[data-node]");
    if (node && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      return chooseNode(Number(node.dataset.node));
    }
    const row = event.target.closest?.("#panel .row");
    if (row && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const rows = [...panel.querySelectorAll(".row")];
      rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
      return event.preventDefault();
    }
    if (event.key.startsWith("Arrow") && !stage.contains(event.target)) return;
    if (keys[event.key]) {
      keys[event.key]();
      event.preventDefault();
    }
  });
  window.addEventListener("resize", () => show(view));

  // ---- The start: what the address asks for, else everything

  const theme = () => {
    const { classList } = document.body;
    const light = classList.contains("vscode-light") || classList.contains("vscode-high-contrast-light");
    const dark = !light && (classList.contains("vscode-dark") || classList.contains("vscode-high-contrast"));
    if (light || dark) document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  theme();
  new MutationObserver(theme).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  fit();
  describeAll();
  const start = () => {
    const [kind, key = ""] = decodeURIComponent(location.hash.slice(1)).split(/=(.*)/s);
    const node = nodes.findIndex((each) => each.key === key);
    const group = groups.findIndex((each) => each.key === key);
    if (kind === "node" && node >= 0) chooseNode(node);
    if (kind === "focus" && node >= 0) openFocus(node);
    if (kind === "tenant" && group >= 0) chooseGroup(group);
    if (kind === "edge") chooseEdges(edges.flatMap((edge, at) => (`${nodes[edge.from].key}|${nodes[edge.to].key}` === key ? [at] : [])));
    if (kind === "find" && key) search((find.value = key));
  };
  start();
})();
