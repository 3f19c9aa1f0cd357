package templates

import (
	"encoding/base64"
	"fmt"
	htmltemplate "html/template"
)

// IssuePage is an issue of the newsletter as a page.
type IssuePage struct {
	Newsletter
	Pictures map[string][]byte // PNG, by Content-ID; they become part of the page
	Others   []OtherIssue      // the newest first
}

// OtherIssue is a link to another issue.
type OtherIssue struct {
	Title string
	Path  string
}

// An issueView is what page/issue.html is executed with.
type issueView struct {
	frame
	Title, OthersTitle string
	Others             []OtherIssue
}

// issuePage makes the view of an issue: of the same blocks as the mail.
func (lib *texts) issuePage(lang string, p IssuePage) (v issueView, err error) {
	p.OnPage = true
	body, err := execute(lib.mails[lang]["newsletter"].body, p.Newsletter)
	if err != nil {
		return v, err
	}
	v.frame = frame{Lang: lang, Community: p.Community, Blocks: readBlocks(body), say: lib.says[lang], pictures: map[string]htmltemplate.URL{}}
	for cid, data := range p.Pictures {
		v.pictures[cid] = htmltemplate.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(data))
	}
	if v.Title = cleanInline(p.Title); v.Title == "" {
		v.Title = cleanInline(p.Community.Label())
	}
	v.OthersTitle = lib.says[lang]["page.issue.others"].text
	for _, other := range p.Others {
		v.Others = append(v.Others, OtherIssue{shorten(longestInline, cleanInline(other.Title)), other.Path})
	}
	return v, nil
}

// pictureSource is where a picture comes from: the page itself, or the mail. Its Content-ID has been looked at.
func (f frame) pictureSource(cid string) htmltemplate.URL {
	if data, ok := f.pictures[cid]; ok {
		return data
	}
	return htmltemplate.URL(fmt.Sprintf("cid:%s", cid))
}
