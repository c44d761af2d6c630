const NUMBERS = String.raw`
0 ~ -0 ~ 1 ~ -1 ~ 10 ~ 0.1 ~ -0.1 ~ 1e1 ~ 1E+1 ~ 1e-1 ~ 1.5e10 ~ 0e0 ~ 0.0 ~ 123456789012345678901234567890 ~ 1e400 ~ -1e-400
00 ~ 01 ~ -01 ~ - ~ +1 ~ .5 ~ 5. ~ 1.e1 ~ 1e ~ 1e+ ~ 1.5.5 ~ 0x1 ~ 1 2 ~ 1a ~ --1 ~ 1- ~ 1_0 ~ 1, ~ ١ ~ -a ~ 0.e1 ~ 1ee1 ~ 1.5e ~ 1.0.0e1`;

const WORDS = String.raw`
true ~ false ~ null ~ True ~ tru ~ truee ~ nul ~ nulll ~ fals ~ falsey ~ none ~ undefined ~ truefalse ~ t ~ f ~ n`;

const STRINGS = String.raw`
"" ~ " " ~ "a" ~ "é" ~ "😀" ~ "a\nb" ~ "\u0041" ~ "\ud83d\ude00" ~ "\ud83d" ~ "\ude00" ~ "\ud83dx" ~ "\ud83d\u0041" ~ "\\" ~ "\"" ~ "\/"
"\b\f\n\r\t" ~ "{" ~ "}" ~ "[,]" ~ "\\\\" ~ "\\\"" ~ "a long string that is not inline, with \" a quote in it" ~ "<7f>" ~ "<2028>" ~ "\u0000"
" ~ "a ~ a" ~ 'a' ~ "\" ~ "\x" ~ "\u12" ~ "\u12g4" ~ "\U0041" ~ "<9>" ~ "<1>" ~ "<1f>" ~ "a" "b" ~ "a"b ~ "\u" ~ "\\\" ~ """" ~ "\ "`;

const ARRAYS_AND_OBJECTS = String.raw`
[] ~ [ ] ~ [1] ~ [1,2] ~ [[],[[]]] ~ [null,true,"x"] ~ {} ~ { } ~ {"a":1} ~ {"a":{"b":[{}]}} ~ {"a":1,"a":2} ~ {"":0} ~ {"\u0061":1} ~ [1 ,<9>2]
[{"a":[1,{"b":"]"}]}] ~ [ ~ ] ~ [1 ~ 1] ~ [1,] ~ [,1] ~ [1,,2] ~ [1 2] ~ [1:2] ~ { ~ } ~ {"a"} ~ {"a":} ~ {"a":1,} ~ {,"a":1} ~ {a:1} ~ {'a':1}
{"a":1 "b":2} ~ {"a" 1} ~ {"a"::1} ~ {1:2} ~ {"a":1] ~ [1} ~ [[1] ~ {"a":[}] ~ {"a":1}} ~ []] ~ [1]x ~ {"a":1}x ~ {"a":tru} ~ [tru] ~ ["\x"]
{"\x":1} ~ {"a<9>":1} ~ [-] ~ [01] ~ {"a":1.} ~ {"a":"} ~ /* c */1 ~ 1//c ~ [1]//c`;

const SPACE = String.raw`
 1 ~ 1  ~ <9>1<d> ~  {"a" : 1 , "b" : [ 1 , 2 ] }  ~ <c>1 ~ <a0>1 ~ <feff>1 ~ 1<0> ~ <0>1 ~  ~  `;

/** Texts that are JSON and texts that are not, or only just. Which is which JSON.parse says. None has a line end. */
export const JSON_TEXTS: readonly string[] = [NUMBERS, WORDS, STRINGS, ARRAYS_AND_OBJECTS, SPACE].flatMap((block) =>
  block
    .slice(1)
    .split(/ ~ |\n/)
    .map((text) => text.replace(/<([0-9a-f]{1,4})>/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))),
);
