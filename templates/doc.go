// Package templates holds the texts of all mails and pages that guildpost writes itself, and the one way to render them.
// It is pure: what a text needs is in a plain struct, and what comes out is text.
//
// Each mail is a struct type (its data) and a file for each language, mail/LANGUAGE/NAME.md, where NAME follows from the
// type: ConfirmJoin is confirm-join. A file begins with "Subject: …" and an empty line. Then comes a small Markdown:
//
//	# headline              in HTML only: in plain text the subject has said it
//	## heading
//	- item   1. item        lists
//	> quote                 what somebody wrote; its lines are kept
//	    code                four spaces; its lines are kept
//	=> Label | URL | ADDR   a button, with the mail address that does the same; -> is one of second rank
//	---                     a rule
//	**bold** `code` [text](url) <address or url>
//	{{if .X}} …             actions of text/template; if, range, with, else and end stand alone on a line, or within one
//
// A line that ends in "\" is broken there. Everything else is a paragraph.
//
// A source is compiled once, into a template whose blocks and spans are marked by control characters. Values lose theirs
// on the way in, as they lose bidirectional overrides, so a value can never become markup, in neither form; in a paragraph
// it cannot even begin a line. The result is read back into blocks, from which one writer makes plain text (76 columns,
// format=flowed, RFC 3676) and an html/template makes HTML, with its contextual escaping.
//
// Short sentences, those of pages and of answers to commands, are in say/LANGUAGE.txt; see Say. Pages are in page, see Page.
//
// The language is the tag that was asked for, else its base language, else English.
package templates
