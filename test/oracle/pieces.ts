// What documents.ts puts documents together of: what has been read differently by some two readers, or might be.

/** Lines that separate documents, or look as if. */
export const separators: readonly string[] = (
  '---¦--- ¦---\t¦---\u000b¦---\u000c¦---\r¦---\u0085¦---\u00a0¦---\u1680¦' +
  '---\u2000¦---\u2003¦---\u2028¦---\u202f¦---\u205f¦---\u3000¦---\ufeff¦' +
  '--- # x¦---#x¦---\t# x¦--- {}¦--- |¦--- a: 1¦--- &a¦--- !!map¦----¦' +
  '---x¦ ---¦...¦... # x¦...x¦%YAML 1.1¦%TAG ! x:'
).split('¦');

export const scalars: readonly string[] = (
  'e1 e2 E5 e1234567 1e3 1E3 1e+3 1e-3 1e400 -1e400 +1 -1 - + -0 0 00 01 08 -08 +010 .5 -.5 +.5 5. .5e3 .5_0 1_.5 . .. ' +
  '._ 1_000 _1 1__0 0x1F 0X1f -0x1f 0x_1 0xg 0b1 0B1 0b12 -0b1 0o7 0O7 -0o7 0o8 0777 1.5 1.50 1_0.5_0 12e03 1.e3 .e3 ' +
  '1.2.3 0.1 1e21 1e20 123456789012 9007199254740993 9223372036854775807 9223372036854775808 18446744073709551615 ' +
  '18446744073709551616 -9223372036854775808 -9223372036854775809 123456789012345678901234567890 .inf .Inf .INF +.inf ' +
  '-.inf .nan .NaN inf nan NaN Infinity ~ ~a null Null NULL nUll y Y n N yes Yes YES yEs no No on On ON off true True ' +
  'TRUE tRue false == = << <<a * & ! !a | > % @a ` ?a ? -a --- 1:30 190:20:30 12:30:45.5 2001-01-01 2001-1-1 ' +
  '2001-12-14t21:59:43.10-05:00 2001-01-01T00:00:00Z "" \'\' "a\\x41" "\\u0041" "\\U00000041" "\\e\\0\\a\\b\\v" ' +
  '"\\N\\_\\L\\P" "\\/" "\\\'" "\\q" "\\ud83d\\ude00" \'it\'\'s\' "a\\tb" !!str !!str:1 {} [] {a} {a: b} {a:b} {"a":b} ' +
  '{"a":1} [a, b] [a,b] [a: b] [a, ] [,] {,} {a: } {? a : b} [[a]] {a: {b: c}} [-1, -] {-1: 2} a#b a:b a,b [a#b] [a:b] ' +
  '{a: b:c} {http://x: y} [http://x] {a: http://x}'
).split(' ');

/** Values with spaces or line breaks. */
export const phrases: readonly string[] = (
  '{a: b}¦{a:b, c: d}¦[a, b]¦[a: b]¦{? a : b}¦{a: {b: c}}¦[-1, -]¦{-1: 2}¦{a: b:c}¦{http://x: y}¦{a: http://x}¦[a, ]¦{"a":1, b: 2}¦' +
  '{a: b,}¦[[a, b], c]¦{a: [b, {c: d}]}¦[{a: b}, {c: d}]¦{a: "b", \'c\': d}¦[\n  a\n]¦{\n  a: b\n}¦[a,\n  b\n  ]¦' +
  '!!str 1¦!!str yes¦!!str¦!!int "5"¦!!int 0x10¦!!int 1.5¦!!float 1¦' +
  '!!float "1.5"¦!!float x¦!!bool "on"¦!!bool x¦!!null ""¦!!null x¦!!binary eA==¦' +
  '!!binary "e A=="¦!!binary x¦!!timestamp 2001-01-01¦! 1¦! "1"¦!x 1¦' +
  '!<tag:yaml.org,2002:str> 1¦!!map {a: b}¦!!seq [a]¦!!set {a}¦&a 1¦&a¦*a¦' +
  'a # b¦a #b¦a\t# b¦"a" # b¦"a"# b¦a: b¦a : b¦"a": b¦- a¦# a¦|¦' +
  '|-¦|+¦>¦>-¦|2¦|-2¦| # x¦|x¦"a\n  b"¦"a\n\n  b"¦"a\\\n  b"¦' +
  '"a  \n \t b"¦\'a\n  b\'¦a\n    b¦a\n\n    b¦|\n    x\n   y¦|\n\n    x\n¦' +
  '|\n     \n    x¦>\n    x\n    y\n\n    z\n¦|\n    x\n  # y¦>-\n    x\n     y\n    z¦' +
  '{a: b,\n  c: d}¦{a: b,\nc: d}¦[a,\nb]¦"a\nb"¦{\n\t"a": 1\n}¦[\n\t1,\n\t2 ]¦' +
  '{"a": 1, }¦{{ x }}¦{{- x }}¦"{{ x }}"¦{% x %}¦$(x)¦<x>¦a\u2028b¦' +
  '"a\u2028b"¦a\u0085b¦\u00a0a¦a\u0007¦"\u0007"¦é¦"\ud83d\ude00"¦\ufeffa¦' +
  '"\ufeffa"¦\u007f¦"\u0080"¦a\\¦"a\\\\"¦\'a\\\''
).split('¦');

export const keys: readonly string[] = (
  '"\\x61piVersion"¦"k\\u0069nd"¦"\\U0000006detadata"¦yes¦on¦1¦1.0¦1e3¦' +
  '0x10¦010¦~¦null¦1.5¦1e7¦123456.7¦0.00001¦.5¦<<¦"<<"¦' +
  '? a\n¦? b¦"a b"¦a b¦a:b¦!!str 1¦&k k¦"a\\\n b"¦{a}¦[a]¦¦' +
  '2001-01-01¦!!binary eA=='
).split('¦');

export const lines: readonly string[] = (
  '# c¦\t# c¦  \t¦\t¦ # \u0007¦# {{ x }}¦{{ if x }}¦{{- end }}¦items: []¦' +
  'items: null¦items:¦items: {}¦items: x¦\ufeff¦\ufeff# c¦¦  ¦- a¦' +
  'a: b¦"a": b¦  a: b¦? a¦: b¦<<: {a: b}¦$patch: delete¦{a: b}¦"a"¦|¦' +
  '}¦]'
).split('¦');

export const characters: readonly string[] = (
  ':¦-¦{¦}¦[¦]¦,¦#¦&¦*¦!¦|¦>¦\'¦"¦%¦' +
  '@¦`¦?¦~¦ ¦\t¦\n¦\r¦\\¦0¦a¦é¦.¦=¦<¦' +
  '\ufeff¦\u2028¦\u00a0¦: ¦ #¦- ¦\n  ¦---\n¦\n---\n¦\u0000'
).split('¦');
