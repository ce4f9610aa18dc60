/**
 * The grammar of xks for editors. It reads what the compiler's own grammar (`grammar/*.pest`) reads, and most of its rules
 * have the same names; tests hold the two together. Words are taken as generously as there: what is wrong with `Foo_Bar`
 * as a name is for the compiler to say.
 *
 * Two differences are known; both make an error of what the compiler reads and then refuses. In `platform`, a statement's
 * keyword is no name of a fact when something touches it that no word is made of, as in `tenant=x`. And `secret-` is no
 * name of a certificate group: with it, trees of half-typed statements would be poorer.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

// A `-` belongs to a word unless it starts `->`. Patterns cannot look ahead: words end in another character, and `_dash`
// takes each `-` behind them.
const LETTER = 'a-zA-Z0-9_\\u{80}-\\u{10FFFF}';
const DOTTED = `\\-${LETTER}.`;
const HEX = '0-9a-fA-F';
// What hosts, paths, sizes and URLs are made of. `$` is apart from it: it may start an interpolation.
const BARE = '\\-a-zA-Z0-9./:_*@=()|\\[\\]+?&%~^\\\\!\'<>`\\u{80}-\\u{10FFFF}';

const pattern = text => new RegExp(text, 'u');
const run = characters => `-*[${characters}]+(?:-+[${characters}]+)*`;

const WORD = pattern(run(LETTER));
const SEGMENT = pattern(run(`${LETTER}.*`));
const PORT = run(`${LETTER}.+/`);
const DNS_HOST = pattern(`(?:\\*|[\\-${LETTER}]+)\\.(?:-*[${LETTER}.*])*`);
const UNCLOSED = /\$\{[^}$ \n\r"]*/;
const INTERPOLATION = /\$\{[^}$ \n\r"]*\}/;

/** What touches the token before it, whatever else might start here. */
const glued = content => token.immediate(prec(1, content));

// No text matches it: it stands behind words, and they take every digit. A rule that ends in it is a way that is closed; the
// lexer looks for its tokens all the same.
const NEVER = token.immediate(/[0-9]/);

/** A keyword, which a blank or separator follows: `rewrite/x` does not start with one. */
const keyword = ($, word) => $[`_kw_${word.replace('-', '_')}`];

/** One or more, with commas between them; behind a comma the line may end. */
const list = ($, item) => seq(item, repeat(seq($._comma, item)));

/** Clauses or facts in braces, one a line or with `;` between them. */
const braces = ($, line) => seq('{', repeat(choice($._end, seq(line, $._end))), optional(line), '}');

/** Parts that touch each other: text and interpolations. */
const parts = ($, characters) => {
  const text = pattern(`[${characters}]+`);
  return seq(
    choice(text, '$', alias(token(INTERPOLATION), $.interpolation), seq(UNCLOSED, NEVER)),
    repeat(choice(glued(text), glued('$'), alias(glued(INTERPOLATION), $.interpolation), seq(glued(UNCLOSED), NEVER))),
  );
};

/** A text in quotes, of which `open` is the first. */
const quoted = ($, open) => seq(
  open,
  repeat(choice(
    alias(glued(/[^"\\$\n\r]+/), $.string_content),
    alias(token.immediate('$'), $.string_content),
    alias(glued(/\\(u\{[0-9a-fA-F]*\}|[^\n\r])/), $.escape_sequence),
    alias(glued(INTERPOLATION), $.interpolation),
  )),
  token.immediate('"'),
);

/** What stands between the keyword of each statement and its clauses. */
const STATEMENTS = {
  tenant: $ => field('name', $.name),
  app: $ => list($, field('name', $.name)),
  service: $ => field('name', $.name),
  expose: $ => seq(field('target', $.target), choice(keyword($, 'at'), $._unknown), list($, field('host', $._host))),
  allow: $ => $._flow,
  export: $ => seq(
    choice(
      list($, field('peer', $.peer)),
      // An app may be called like either word.
      seq(field('peer', alias($._word_peer, $.peer)), repeat(seq($._comma, field('peer', $.peer)))),
      seq(keyword($, 'host'), list($, field('host', $._host))),
      seq(keyword($, 'publish'), list($, field('peer', $.peer))),
    ),
    choice(keyword($, 'to'), $._unknown), list($, field('tenant', choice($.name, $.wildcard))),
  ),
  external: $ => seq(field('name', $.name), '->', list($, field('host', alias($._bare, $.host)))),
  certificate: $ => field('name', $.name),
  never: $ => $._flow,
  expect: $ => $._flow,
  group: $ => seq(field('name', $.name), '=', list($, field('member', $.peer))),
  ports: $ => seq(field('name', $.name), '=', list($, field('port', alias($._port, $.port_number)))),
  include: $ => field('path', $.string),
};
const KEYWORDS = [...Object.keys(STATEMENTS), 'platform'];

/** Each statement as a rule `_NAME_line` without braces and `_NAME_block` with them; both show as `NAME`. */
const statements = Object.fromEntries(Object.entries(STATEMENTS).flatMap(([name, subject]) => [
  [`_${name}_line`, $ => seq(keyword($, name), subject($), optional($._clauses))],
  [`_${name}_block`, $ => seq($[`_${name}_line`], $.block)],
]));

/** The words that are keywords wherever they are expected. */
const WORDS = [
  ...KEYWORDS, 'at', 'to', 'host', 'publish', 'except', 'in', 'not', 'tls', 'secret', 'no-tls', 'public', 'private', 'exact', 'isolated',
  'rewrite', 'limit', 'timeout', 'backend', 'verify', 'host-header', 'from', 'redirect', 'nginx', 'port', 'labels', 'mesh',
  'namespace', 'for', 'issuer', 'names', 'because', 'until',
];
const keywords = Object.fromEntries(WORDS.map(word => [
  `_kw_${word.replace('-', '_')}`, $ => seq(word, optional($._touching)),
]));
const every = ($, form) => Object.keys(STATEMENTS).map(name => alias($[`_${name}_${form}`], $[name]));

module.exports = grammar({
  name: 'xks',

  word: $ => $._word,
  extras: $ => [/[ \t]/, $.comment],

  rules: {
    // A statement ends with its line or at `;`. Behind a brace the next one may follow at once.
    file: $ => seq(repeat(choice($._end, seq($._line, $._end), $._block)), optional($._line)),
    _line: $ => choice(...every($, 'line')),
    _block: $ => choice(...every($, 'block'), $.platform),
    ...statements,
    ...keywords,

    _end: $ => choice($._newline, ';'),
    _newline: _ => /\r\n|\n|\r/,
    _comma: $ => seq(',', repeat($._newline)),
    comment: _ => /#[^\n\r]*/,

    // Ways that are closed, each for what it makes the lexer see. Behind a keyword: what touches it. Where a keyword may
    // stand: any word, so that `exacttls` is one and not two. Where a fact starts: the keywords of statements.
    _touching: _ => seq(token.immediate(prec(2, /[^ \t\n\r;{}(,#"]+/)), NEVER),
    _unknown: $ => seq($._word, NEVER),
    _misplaced: _ => seq(choice(...KEYWORDS, '->'), NEVER),

    // Clauses. Which statement takes which is not a matter of the grammar.
    block: $ => braces($, $._clause),
    _clauses: $ => repeat1($._clause),
    _clause: $ => choice(
      $.tls, $.no_tls, $.public, $.private, $.exact, $.isolated, $.rewrite, $.limit, $.timeout, $.backend, $.verify, $.host_header,
      $.from, $.redirect, $.nginx, $.port, $.labels, $.mesh, $.namespace, $.for, $.issuer, $.secret, $.names, $.because,
      $.until, $.in, $._unknown,
    ),
    // `tls secret` alone is the certificate group of that name.
    tls: $ => seq(keyword($, 'tls'), choice(
      field('group', choice($.name, alias('secret', $.name))),
      seq(keyword($, 'secret'), field('secret', alias($._secret_name, $.name))),
    )),
    _secret_name: $ => seq(choice(token(prec(1, WORD)), '-'), repeat($._dash)),
    no_tls: $ => keyword($, 'no-tls'),
    public: $ => keyword($, 'public'),
    private: $ => keyword($, 'private'),
    exact: $ => keyword($, 'exact'),
    isolated: $ => keyword($, 'isolated'),
    rewrite: $ => seq(keyword($, 'rewrite'), field('path', $._value)),
    timeout: $ => seq(keyword($, 'timeout'), field('time', $.number)),
    limit: $ => seq(keyword($, 'limit'), field('kind', choice('connections', 'rps')), field('number', $.number)),
    backend: $ => seq(keyword($, 'backend'), field('protocol', $.name)),
    verify: $ => seq(keyword($, 'verify'), field('secret', $.name)),
    host_header: $ => seq(keyword($, 'host-header'), field('host', $._host)),
    from: $ => seq(keyword($, 'from'), list($, field('range', alias($._bare, $.address)))),
    redirect: $ => seq(keyword($, 'redirect'), field('url', $._value)),
    nginx: $ => seq(
      keyword($, 'nginx'), field('annotation', $.name), field('value', choice(alias($._bare_list, $.value), $.string)),
    ),
    port: $ => seq(
      keyword($, 'port'), field('name', $.name), field('number', alias($._port, $.port_number)),
      optional(seq('->', field('target', alias($.name, $.port_number)))),
    ),
    labels: $ => seq(keyword($, 'labels'), list($, $.label)),
    label: $ => seq(field('key', $.label_key), token.immediate('='), field('value', alias($._glued_value, $.label_value))),
    mesh: $ => seq(keyword($, 'mesh'), field('mesh', $.name)),
    namespace: $ => seq(keyword($, 'namespace'), field('namespace', alias($._dotted, $.name))),
    for: $ => seq(keyword($, 'for'), field('app', $.name)),
    issuer: $ => seq(keyword($, 'issuer'), field('issuer', alias($._dotted, $.name))),
    secret: $ => seq(keyword($, 'secret'), field('secret', alias($._dotted, $.name))),
    names: $ => seq(keyword($, 'names'), list($, field('host', alias($._bare, $.host)))),
    because: $ => seq(keyword($, 'because'), field('reason', $.string)),
    until: $ => seq(keyword($, 'until'), field('date', alias($._dotted_word, $.date))),
    in: $ => seq(keyword($, 'in'), list($, field('environment', $.name))),

    // The cluster's facts are open-ended: words and values.
    platform: $ => seq(keyword($, 'platform'), alias($._fact_block, $.block)),
    _fact_block: $ => seq(
      '{',
      repeat(choice($._end, seq(choice($.fact, $._no_fact), $._end))),
      optional(choice($.fact, $._no_fact)),
      '}',
    ),
    // `tenant` and `platform` start facts too, unless what follows makes a statement of them: a block that is never closed
    // ends there.
    fact: $ => choice(
      seq(field('name', alias($.name, $.fact_name)), repeat($._item), optional(alias($._assign_block, $.block))),
      seq(field('name', alias(keyword($, 'platform'), $.fact_name)), optional($._items)),
      seq(field('name', alias(keyword($, 'tenant'), $.fact_name)), optional(choice(
        alias($._assign_block, $.block),
        seq(field('value', alias($.name, $.value)), optional(choice($._statement, $._items))),
        seq(choice(seq($._comma, field('value', $._value)), field('value', $._value)), optional($._items)),
      ))),
    ),
    _items: $ => seq(repeat1($._item), optional(alias($._assign_block, $.block))),
    _item: $ => seq(optional($._comma), field('value', $._value)),
    _statement: _ => seq(choice('isolated', 'mesh', 'because'), NEVER),
    _no_fact: _ => seq(choice(...KEYWORDS.filter(word => !['tenant', 'platform'].includes(word)), '->'), NEVER),
    _assign_block: $ => braces($, choice($.assign, $._misplaced)),
    // A value may be called like a statement.
    assign: $ => seq(field('name', choice($.name, alias(choice(...KEYWORDS), $.name))), '=', field('value', $._value)),

    // Who talks to whom.
    _flow: $ => seq(list($, field('from', $.peer)), choice('->', $._unknown), list($, field('to', $.peer))),
    peer: $ => choice(
      prec(1, seq('ingress', field('side', choice('public', 'private')), optional($._port_suffix))),
      seq('dns', field('host', alias($._dns_host, $.host)), optional($._port_suffix)),
      seq($._atom, repeat($.except)),
    ),
    _word_peer: $ => seq(field('app', alias(choice('host', 'publish'), $.name)), optional($._port_suffix)),
    except: $ => seq(keyword($, 'except'), $._atom),
    target: $ => seq($._place, optional($._port_suffix)),
    _atom: $ => seq(choice($._place, $._labelled), optional($._port_suffix)),
    _place: $ => choice(
      field('app', $._segment),
      seq(field('tenant', $._segment), token.immediate('/'), field('app', $._glued_segment)),
      field('address', $.address),
      $._odd_place,
    ),
    _labelled: $ => seq(
      choice(
        field('selector', $._segment),
        seq(field('tenant', $._segment), token.immediate('/'), field('selector', $._glued_segment)),
        $._odd_place,
      ),
      $.requirements,
      optional(seq(token.immediate('/'), choice(
        field('app', $._glued_segment),
        seq(field('selector', $._glued_segment), $.requirements),
        seq(optional(field('app', $._glued_segment)), $._tail, optional($.requirements)),
      ))),
    ),
    // Slashes without an app behind or a tenant before them are for the compiler to refuse.
    _odd_place: $ => choice(
      seq(field('tenant', $._segment), token.immediate('/')),
      seq(field('tenant', $._segment), token.immediate('/'), optional(field('app', $._glued_segment)), $._tail),
      seq('/', optional(field('app', $._glued_segment)), optional($._tail)),
    ),
    _tail: $ => repeat1(prec.right(seq(token.immediate('/'), optional(field('app', $._glued_segment))))),
    _segment: $ => choice(alias($._first_segment, $.name), $.wildcard),
    _first_segment: $ => choice(
      seq(choice(SEGMENT, '-', 'ingress', 'dns'), repeat($._dash)),
      seq('*', repeat1($._dash)),
    ),
    _glued_segment: $ => choice(alias($._next_segment, $.name), alias(glued('*'), $.wildcard)),
    _next_segment: $ => choice(
      seq(choice(glued(SEGMENT), $._dash), repeat($._dash)),
      seq(glued('*'), repeat1($._dash)),
    ),
    wildcard: _ => '*',
    address: $ => choice(
      seq(token(prec(1, /[0-9]+(\.[0-9]+)+(\/[0-9]+)?/)), repeat(choice(token.immediate('/'), glued(SEGMENT), $._dash))),
      token(prec(1, choice(
        pattern(`\\[[${HEX}:./]*\\]`),
        pattern(`[${HEX}]*:[${HEX}]*:[${HEX}:.]*(?:/[0-9]+)?`),
      ))),
    ),
    _dns_host: $ => seq(DNS_HOST, repeat($._dash)),
    _port_suffix: $ => seq(token.immediate(':'), field('ports', $.port_list)),
    port_list: $ => seq(choice(token.immediate(pattern(`(?:[\\-${LETTER}.+/]+,)*${PORT}`)), $._dash), repeat($._dash)),
    _port: $ => seq(choice(pattern(PORT), '-'), repeat($._dash)),

    // What labels must be.
    requirements: $ => seq(
      token.immediate('('), repeat($._newline), list($, $.requirement), repeat($._newline), ')',
    ),
    requirement: $ => choice(
      seq('!', field('key', $.label_key)),
      seq(
        field('key', $.label_key), choice(keyword($, 'in'), seq(keyword($, 'not'), keyword($, 'in'))),
        '(', repeat($._newline), list($, field('value', $.label_value)), repeat($._newline), ')',
      ),
      seq(field('key', $.label_key), choice('=', '!='), field('value', $.label_value)),
      field('key', $.label_key),
    ),
    label_key: _ => pattern(`[${DOTTED}/]+`),
    label_value: $ => choice($._dotted_word, $.string),
    _glued_value: $ => choice(token.immediate(pattern(`[${DOTTED}]+`)), alias($._glued_string, $.string)),

    // Words and texts.
    name: $ => seq(choice($._word, '-'), repeat($._dash)),
    _word: _ => WORD,
    _dash: _ => token.immediate('-'),
    _dotted: _ => pattern(`[${DOTTED}/]+`),
    _dotted_word: _ => pattern(`[${DOTTED}]+`),
    number: _ => /[A-Za-z0-9]+/,
    _host: $ => choice(alias($._bare, $.host), $.string),
    _value: $ => choice(alias($._bare, $.value), $.string),
    _bare: $ => parts($, BARE),
    _bare_list: $ => parts($, `${BARE},`),
    string: $ => quoted($, '"'),
    _glued_string: $ => quoted($, token.immediate('"')),
  },
});
