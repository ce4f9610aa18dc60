// The TextMate grammar of .xks, from which the build writes `xks.tmLanguage.json`.
//
// It follows grammar/*.pest of the compiler. Keywords are contextual (an app may be called `allow`), so a word is coloured
// by the place it stands in: each statement is a rule of its own, which ends with its line, and each list in it is a rule
// that goes on over line ends for as long as there are commas.

const STATEMENTS =
  'allow|app|certificate|expect|export|expose|external|group|include|never|platform|ports|service|tenant';
const FACTS =
  'annotations|app-label|certificate-share|cni|default-deny|dns|env|externals|hosts|include-keys|include-kinds|ingress-addresses|ingress-class|ingress-namespace|ingress-pods|internet|internet-egress|ipv6|issuer|kube-api|kubernetes|lint|mesh|metadata|namespace-label|node-ranges|output|owners|platform|pod-ranges|reserved|service-ranges|tenant|tenant-labels|tenants';

// What may stand around a keyword.
const BEFORE = '(?<![^\\s;{}])';
const AFTER = '(?=[\\s{}(,#";]|$)';
const CHAR = '[A-Za-z0-9_\\x{80}-\\x{10FFFF}]';
const NAME = `(?:${CHAR}|-(?!>))+`;
const DOTTED = `(?:[./]|${NAME})+`;
const PLACEHOLDER = '\\$\\{[^}$\\s"]*\\}';
// A host, an address, a path: everything up to a blank or a separator.
const BARE = `(?:${PLACEHOLDER}|[^\\s,;{}#"])+`;
const BARE_LIST = `(?:${PLACEHOLDER}|[^\\s;{}#"])+`;
const IPV4 = '[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?:/[0-9]+)?';
const IPV6 = '\\[[0-9A-Fa-f:.]*(?:/[0-9]+)?\\]|(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:.]+(?:/[0-9]+)?';
const PORT = `(?:[0-9A-Za-z_/+.\\x{80}-\\x{10FFFF}]|-(?!>))+`;
const PORTS = `${PORT}(?:,${PORT})*`;
const PROTOCOL = '(?:tcp|udp|sctp)(?:\\+(?:tcp|udp|sctp))*';

// A line on which a statement starts, although the one before has not ended: its comma or brace is still to be written.
const NEXT_STATEMENT = `^(?=[ \\t]*(?:${STATEMENTS})[ \\t]+[^\\s,;{}#:=\\-!])`;
// In braces any end of the word will do, but a value of an environment may be called like a statement.
const NEXT_IN_BLOCK = `^(?=[ \\t]*(?:${STATEMENTS})${AFTER}(?![ \\t]*=))`;
// `tenant` and `platform` are names of facts too.
const NO_FACT = STATEMENTS.split('|').filter((word) => !['tenant', 'platform'].includes(word));
const NEXT_BEHIND_FACTS = `^(?=[ \\t]*(?:${NO_FACT.join('|')})${AFTER})`;
// A list ends where no comma follows an item.
const LIST_END = `$|(?=[;{}#])|(?<=[^\\s,])(?=[ \\t]+(?!except[ \\t])[^\\s,])|${NEXT_STATEMENT}`;

const keyword = { name: 'keyword.other.clause.xks' };
const modifier = { name: 'storage.modifier.xks' };
const arrow = { name: 'keyword.operator.arrow.xks' };
const equals = { name: 'keyword.operator.assignment.xks' };
const slash = { name: 'punctuation.separator.tenant.xks' };
const tenantName = { name: 'entity.name.namespace.tenant.xks' };
const appName = { name: 'entity.name.function.app.xks' };
const certificateName = { name: 'entity.name.type.certificate.xks' };
const objectName = { name: 'entity.name.type.object.xks' };
const environmentName = { name: 'variable.other.environment.xks' };
const portName = { name: 'variable.other.enummember.port.xks' };
const number = { name: 'constant.numeric.xks' };
const constant = { name: 'constant.language.xks' };
const labelKey = { name: 'variable.other.property.label.xks' };

const include = (...names) => names.map((name) => ({ include: `#${name}` }));

/** A clause and what follows it on its line: `first` is required once the keyword stands there, the rest may be missing. */
const clause = (word, kind = keyword, ...parts) => {
  let rest = '';
  for (const [pattern] of parts.toReversed()) rest = `(?:[ \\t]+(${pattern})${rest})?`;
  const captures = { 1: kind };
  parts.forEach(([, capture], index) => {
    captures[index + 2] = capture;
  });
  return { match: `${BEFORE}(${word})${AFTER}${rest}`, captures };
};

/** A keyword with a list behind it. */
const list = (begin, beginCaptures, ...items) => ({
  begin,
  beginCaptures,
  end: LIST_END,
  patterns: include('comma', ...items),
});

/** A statement: its keyword, then rules of which those that start with `\G` stand directly behind it. */
const statement = (words, ...patterns) => ({
  name: `meta.statement.${words.split('|')[0]}.xks`,
  begin: `${BEFORE}(${words})${AFTER}`,
  beginCaptures: { 1: { name: 'keyword.other.statement.xks' } },
  end: '$|(?=[;}])|^',
  patterns: [...patterns, ...include('comment', 'string', 'block', 'clauses')],
});

const subject = (capture) => ({ match: `\\G[ \\t]+(${NAME})`, captures: { 1: capture } });
const arrowTo = (...items) => list('(->)[ \\t]*', { 1: arrow }, ...items);

export default {
  $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
  name: 'xks',
  scopeName: 'source.xks',
  fileTypes: ['xks'],
  patterns: include('comment', 'terminator', 'statements', 'stray', 'broken'),
  repository: {
    comment: {
      name: 'comment.line.number-sign.xks',
      match: '(#).*$',
      captures: { 1: { name: 'punctuation.definition.comment.xks' } },
    },
    terminator: { name: 'punctuation.terminator.statement.xks', match: ';' },
    stray: { name: 'invalid.illegal.stray-brace.xks', match: '\\}' },
    // What is no statement keeps no colour up to the end of its line, so that words in it are not taken for statements.
    broken: { begin: '(?=[^\\s;}#])', end: '$|(?=[;}])', patterns: include('comment', 'string') },

    statements: {
      patterns: [
        statement('tenant', subject(tenantName)),
        statement('app', list('\\G[ \\t]+', {}, 'app-name')),
        statement('service', subject({ name: 'entity.name.function.service.xks' })),
        statement(
          'expose',
          { begin: '\\G[ \\t]+', end: '$|(?=[;{}#])|(?<=\\S)(?=[ \\t])', patterns: include('target') },
          list(`${BEFORE}(at)(?=[ \\t]|$)[ \\t]*`, { 1: keyword }, 'string', 'host'),
        ),
        statement('allow|never|expect', list('\\G[ \\t]+(?!->)', {}, 'peer'), arrowTo('peer')),
        statement(
          'export',
          // An app may be called like either word.
          list('\\G[ \\t]+(host)(?=[ \\t]+(?!to[ \\t])[^\\s,;{}#])[ \\t]*', { 1: keyword }, 'string', 'host'),
          list('\\G[ \\t]+(publish)(?=[ \\t]+(?!to[ \\t])[^\\s,;{}#])[ \\t]*', { 1: keyword }, 'peer'),
          list('\\G[ \\t]+', {}, 'peer'),
          list(`${BEFORE}(to)(?=[ \\t]|$)[ \\t]*`, { 1: keyword }, 'tenant-name'),
        ),
        statement('external', subject({ name: 'entity.name.function.external.xks' }), arrowTo('host')),
        statement('certificate', subject(certificateName)),
        statement(
          'group',
          subject({ name: 'entity.name.function.group.xks' }),
          list('(=)[ \\t]*', { 1: equals }, 'peer'),
        ),
        statement(
          'ports',
          subject({ name: 'variable.other.enummember.ports.xks' }),
          list('(=)[ \\t]*', { 1: equals }, 'port-entry'),
        ),
        statement('include'),
        {
          name: 'meta.statement.platform.xks',
          begin: `${BEFORE}(platform)${AFTER}`,
          beginCaptures: { 1: { name: 'keyword.other.statement.xks' } },
          end: '$|(?=[;}])|^',
          patterns: include('comment', 'facts'),
        },
      ],
    },

    // Clauses in braces.
    block: {
      begin: '\\{',
      beginCaptures: { 0: { name: 'punctuation.section.block.begin.xks' } },
      end: `(\\})|${NEXT_IN_BLOCK}`,
      endCaptures: { 1: { name: 'punctuation.section.block.end.xks' } },
      patterns: include('comment', 'terminator', 'string', 'clauses', 'broken'),
    },
    clauses: {
      patterns: [
        {
          match: `${BEFORE}(tls)${AFTER}(?:[ \\t]+(secret)[ \\t]+(${NAME})|[ \\t]+(${NAME}))?`,
          captures: { 1: keyword, 2: keyword, 3: objectName, 4: certificateName },
        },
        clause('no-tls|public|private|exact|isolated', modifier),
        clause('timeout', keyword, ['[0-9]+s?', number]),
        clause('limit', keyword, ['(?:connections|rps)(?![\\w.-])', keyword], ['[0-9]+', number]),
        clause('backend', keyword, ['(?:https?|grpcs?)(?![\\w.-])', constant]),
        clause('verify|secret|issuer', keyword, [DOTTED, objectName]),
        clause('namespace', keyword, [DOTTED, tenantName]),
        clause('host-header|rewrite|redirect', keyword, [BARE, { patterns: include('host') }]),
        clause(
          'nginx',
          keyword,
          [NAME, { name: 'variable.other.property.annotation.xks' }],
          [BARE_LIST, { patterns: include('value') }],
        ),
        {
          match: `${BEFORE}(port)${AFTER}(?:[ \\t]+(${NAME})(?:[ \\t]+(${PORT})(?:[ \\t]*(->)(?:[ \\t]*(${NAME}))?)?)?)?`,
          captures: {
            1: keyword,
            2: portName,
            3: { patterns: include('port-entry') },
            4: arrow,
            5: { patterns: include('port-entry') },
          },
        },
        clause('for', keyword, [NAME, appName]),
        clause('mesh', keyword, [NAME, constant]),
        clause('until', keyword, ['[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\\w.-])', { name: 'constant.numeric.date.xks' }]),
        { match: `${BEFORE}because${AFTER}`, ...keyword },
        list(`${BEFORE}(from)${AFTER}[ \\t]*`, { 1: keyword }, 'address'),
        list(`${BEFORE}(names)${AFTER}[ \\t]*`, { 1: keyword }, 'host'),
        list(`${BEFORE}(labels)${AFTER}[ \\t]*`, { 1: keyword }, 'label'),
        list(`${BEFORE}(in)${AFTER}[ \\t]*`, { 1: keyword }, 'environment-name'),
      ],
    },

    // A comma holds its list open over line ends and comments.
    comma: {
      begin: ',',
      beginCaptures: { 0: { name: 'punctuation.separator.list.xks' } },
      end: `(?=[^\\s#])|${NEXT_STATEMENT}`,
      patterns: include('comment'),
    },

    // Who talks to whom.
    peer: {
      patterns: [
        ...include('comment', 'requirements'),
        { match: '(?<=\\s)(except)[ \\t]+', captures: { 1: keyword } },
        { match: '(?<=\\s)(ingress)[ \\t]+(public|private)(?![\\w.-])', captures: { 1: constant, 2: constant } },
        {
          match: `(?<=\\s)(dns)[ \\t]+((?:\\*\\.|${NAME}\\.)[\\w.*-]*)`,
          captures: { 1: keyword, 2: { name: 'string.unquoted.host.xks' } },
        },
        ...include('target'),
      ],
    },
    target: {
      patterns: [
        ...include('address', 'port-suffix'),
        {
          match: `(?<![^\\s,])(?:(\\.)|(\\*)|(${NAME}))(/)(?=\\S)`,
          captures: { 1: constant, 2: { name: 'constant.language.every.xks' }, 3: tenantName, 4: slash },
        },
        { match: '(?<=\\))/', ...slash },
        { match: '(?:pods|tenants)(?=\\()', name: 'support.function.selector.xks' },
        { match: '(?<![^\\s,])(?:internet|ingress|kube-api|nodes|metadata)(?=[\\s:,;{}#]|->|$)', ...constant },
        { match: '\\*', name: 'constant.language.every.xks' },
        { match: NAME, ...appName },
      ],
    },
    'port-suffix': {
      match: `(:)(${PORTS})?`,
      captures: { 1: { name: 'punctuation.separator.port.xks' }, 2: { patterns: include('port-entry') } },
    },
    'port-entry': {
      patterns: [
        { match: ',', name: 'punctuation.separator.list.xks' },
        {
          match: `([0-9]+)(?:(-)([0-9]+))?(?:(/)(${PROTOCOL}))?(?![\\w.-])`,
          captures: {
            1: { name: 'constant.numeric.port.xks' },
            2: { name: 'keyword.operator.range.xks' },
            3: { name: 'constant.numeric.port.xks' },
            4: { name: 'punctuation.separator.protocol.xks' },
            5: constant,
          },
        },
        { match: PORT, ...portName },
      ],
    },
    requirements: {
      name: 'meta.selector.xks',
      begin: '\\(',
      beginCaptures: { 0: { name: 'punctuation.section.parens.begin.xks' } },
      end: `(\\))|${NEXT_STATEMENT}`,
      endCaptures: { 1: { name: 'punctuation.section.parens.end.xks' } },
      patterns: [
        ...include('comment', 'string'),
        { match: ',', name: 'punctuation.separator.list.xks' },
        {
          begin: `(?<=\\s)(?:(not)[ \\t]+)?(in)[ \\t]*(\\()`,
          beginCaptures: { 1: keyword, 2: keyword, 3: { name: 'punctuation.section.parens.begin.xks' } },
          end: `(\\))|${NEXT_STATEMENT}`,
          endCaptures: { 1: { name: 'punctuation.section.parens.end.xks' } },
          patterns: [
            ...include('comment', 'string'),
            { match: ',', name: 'punctuation.separator.list.xks' },
            { match: DOTTED, name: 'string.unquoted.label.xks' },
          ],
        },
        {
          match: `(${DOTTED})[ \\t]*(!?=)(?:[ \\t]*(${DOTTED}))?`,
          captures: {
            1: labelKey,
            2: { name: 'keyword.operator.comparison.xks' },
            3: { name: 'string.unquoted.label.xks' },
          },
        },
        { match: '!', name: 'keyword.operator.logical.xks' },
        { match: DOTTED, ...labelKey },
      ],
    },

    // Items of lists.
    'app-name': { match: NAME, ...appName },
    'tenant-name': {
      patterns: [
        { match: '\\*', name: 'constant.language.every.xks' },
        { match: NAME, ...tenantName },
      ],
    },
    'environment-name': { match: NAME, ...environmentName },
    label: {
      patterns: [
        ...include('string'),
        {
          match: `(${DOTTED})(=)(${DOTTED})?`,
          captures: { 1: labelKey, 2: equals, 3: { name: 'string.unquoted.label.xks' } },
        },
        { match: DOTTED, ...labelKey },
      ],
    },
    address: {
      patterns: [
        { match: `(?<![^\\s,])(?:${IPV4})(?![\\w.-]*[A-Za-z_])`, name: 'constant.numeric.address.xks' },
        { match: `(?<![^\\s,])(?:${IPV6})`, name: 'constant.numeric.address.xks' },
      ],
    },
    // A host with its port or path.
    host: {
      patterns: [
        ...include('address'),
        {
          match: '(?<=[\\w\\]}])(:)([0-9]+)(?=[\\s,;{}#/]|$)',
          captures: { 1: { name: 'punctuation.separator.port.xks' }, 2: { name: 'constant.numeric.port.xks' } },
        },
        ...include('placeholder', 'reference'),
        { match: `(?:(?!\\$[{0-9]|:[0-9]+(?:[\\s,;{}#/]|$))[^\\s,;{}#"])+`, name: 'string.unquoted.host.xks' },
      ],
    },
    // `$1` in what a path is rewritten to.
    reference: { match: '\\$[0-9]', name: 'variable.other.reference.xks' },
    // The value of an annotation or a fact.
    value: {
      patterns: [
        ...include('placeholder', 'address'),
        { match: '(?<![^\\s,])(?:true|false|on|off)(?![^\\s,])', ...constant },
        { match: '(?<![^\\s,])[0-9]+(?:\\.[0-9]+)?(?:[kKmMgG]b?|ms|[smhdwMy])?(?![^\\s,])', ...number },
        { match: ',', name: 'punctuation.separator.list.xks' },
        { match: '(?:(?!\\$\\{)[^\\s,;{}#"])+', name: 'string.unquoted.value.xks' },
      ],
    },
    placeholder: {
      name: 'meta.template.expression.xks',
      match: `(\\$\\{)([^}$\\s"]*)(\\})`,
      captures: {
        1: { name: 'punctuation.definition.template-expression.begin.xks' },
        2: { name: 'variable.other.environment.value.xks' },
        3: { name: 'punctuation.definition.template-expression.end.xks' },
      },
    },
    string: {
      name: 'string.quoted.double.xks',
      begin: '"',
      beginCaptures: { 0: { name: 'punctuation.definition.string.begin.xks' } },
      end: '(")|$',
      endCaptures: { 1: { name: 'punctuation.definition.string.end.xks' } },
      patterns: [
        { match: '\\\\(?:["\\\\nt]|u\\{[0-9A-Fa-f]{1,6}\\})', name: 'constant.character.escape.xks' },
        { match: '\\\\.', name: 'invalid.illegal.escape.xks' },
        ...include('placeholder'),
      ],
    },

    // The facts of the cluster, one a line.
    facts: {
      begin: '\\{',
      beginCaptures: { 0: { name: 'punctuation.section.block.begin.xks' } },
      end: `(\\})|${NEXT_BEHIND_FACTS}`,
      endCaptures: { 1: { name: 'punctuation.section.block.end.xks' } },
      patterns: [
        ...include('comment', 'terminator'),
        {
          match: `${BEFORE}(lint)(?:[ \\t]+(${NAME})(?:[ \\t]+(allow|note|warn|deny)(?![\\w.-]))?)?`,
          captures: {
            1: { name: 'variable.other.property.fact.xks' },
            2: { name: 'variable.other.property.lint.xks' },
            3: constant,
          },
        },
        {
          begin: `${BEFORE}(env)(?=[\\s{;}#]|$)(?:[ \\t]+(${NAME}))?`,
          beginCaptures: { 1: { name: 'variable.other.property.fact.xks' }, 2: environmentName },
          end: '$|(?=[;}])|^',
          patterns: include('comment', 'values'),
        },
        {
          begin: `${BEFORE}(hosts)(?=[\\s;}#]|$)[ \\t]*`,
          beginCaptures: { 1: { name: 'variable.other.property.fact.xks' } },
          end: '$|(?=[;}])|^',
          patterns: [
            ...include('comment', 'comma', 'string'),
            list('(?<=\\s)(to)(?=[ \\t]|$)[ \\t]*', { 1: keyword }, 'tenant-name'),
            ...include('host'),
          ],
        },
        {
          begin: `${BEFORE}(?:(${FACTS})|${NAME})(?=[\\s,;}#]|$)`,
          beginCaptures: { 1: { name: 'variable.other.property.fact.xks' } },
          end: '$|(?=[;}])|^',
          patterns: [
            ...include('comment', 'comma', 'string'),
            {
              match:
                '(?<=\\s)(?:namespace|labels|addresses|public|private|except|solver|zones|kind|authority|from|owners|in)(?=[ \\t])',
              ...keyword,
            },
            {
              match:
                '(?<=\\s)(?:http-01|dns-01|emitted|provided|none|calico|cilium|vpc-cni|other|linkerd|ClusterIssuer|Issuer|public|private|on|off)(?=[\\s,;}#]|$)',
              ...constant,
            },
            {
              match: `(?<![^\\s,])(${DOTTED})(=)(${DOTTED})?`,
              captures: { 1: labelKey, 2: equals, 3: { name: 'string.unquoted.label.xks' } },
            },
            ...include('value'),
          ],
        },
      ],
    },
    // The values of an environment.
    values: {
      begin: '\\{',
      beginCaptures: { 0: { name: 'punctuation.section.block.begin.xks' } },
      end: `(\\})|${NEXT_IN_BLOCK}`,
      endCaptures: { 1: { name: 'punctuation.section.block.end.xks' } },
      patterns: [
        ...include('comment', 'terminator', 'string'),
        {
          match: `(${NAME})[ \\t]*(=)(?:[ \\t]*(${BARE}))?`,
          captures: {
            1: { name: 'variable.other.environment.value.xks' },
            2: equals,
            3: { patterns: include('host') },
          },
        },
        ...include('broken'),
      ],
    },
  },
};
