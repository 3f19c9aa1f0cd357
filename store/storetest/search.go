package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var searchCases = []testCase{
	{"words, phrases and beginnings are found", searchTerms},
	{"fields are searched apart", searchFields},
	{"words are left out", searchWithout},
	{"times, threads and files", searchFilters},
	{"only what may be searched is found", searchCommunities},
	{"pages follow each other, newest first", searchPages},
	{"the best come first, page by page", searchRanked},
	{"long texts are found by all of their words", searchLong},
	{"texts of any kind do no harm", searchOdd},
}

// searchPosts are posts by name: what the names say is what their words are.
var searchPosts = []struct {
	name string
	text store.PostText
	days int // before Now
}{
	{"borrow", store.PostText{Subject: "borrow checker", Author: "ann", From: "ann ann example org", To: "rust", Body: "the borrow checker complains about foo bar"}, 1},
	{"order", store.PostText{Subject: "checks", Author: "ben", From: "ben ben b example", To: "rust", Body: "checker and borrow in another order"}, 2},
	{"ann", store.PostText{Subject: "holiday", Author: "ben", From: "ben ben b example", To: "rust ann", Body: "a word from ann"}, 3},
	{"files", store.PostText{Subject: "slides", Author: "ann", From: "ann ann example org", To: "rust", Body: "here they are", Files: "borrow slides pdf", Attached: true}, 40},
	{"greek", store.PostText{Subject: "οδοσ", Author: "zoe", From: "zoe zoe z example", To: "rust", Body: "東 京 都 庁 c ＋"}, 400},
	{"plain c", store.PostText{Subject: "c", Author: "zoe", From: "zoe zoe z example", To: "rust", Body: "京 東 c"}, 800},
}

func fileSearchPosts(t *testing.T, db *store.DB, c store.Community) map[int64]string {
	t.Helper()
	names := map[int64]string{}
	for _, p := range searchPosts {
		a := Arrival(c, c.Name+strings.ReplaceAll(p.name, " ", "-"))
		a.Text, a.Date = p.text, Now.AddDate(0, 0, -p.days)
		names[Accept(t, db, a).PostID] = p.name
	}
	return names
}

// word is a term, phrases with spaces, "word*" a beginning.
func word(field store.SearchField, text string) store.SearchTerm {
	text, prefix := strings.CutSuffix(text, "*")
	return store.SearchTerm{Field: field, Words: strings.Fields(text), Prefix: prefix}
}

func all(terms ...store.SearchTerm) (groups [][]store.SearchTerm) {
	for _, term := range terms {
		groups = append(groups, []store.SearchTerm{term})
	}
	return groups
}

func anywhere(texts ...string) (groups [][]store.SearchTerm) {
	for _, text := range texts {
		groups = append(groups, []store.SearchTerm{word(store.Anywhere, text)})
	}
	return groups
}

func search(t *testing.T, db *store.DB, r store.SearchRequest) (hits []store.Hit, more bool) {
	t.Helper()
	if r.Limit == 0 {
		r.Limit = 100
	}
	hits, more, err := db.Search(ctx, r)
	check(t, err)
	return hits, more
}

// wantSearch compares what is found, newest first, by name.
func wantSearch(t *testing.T, db *store.DB, names map[int64]string, what string, r store.SearchRequest, want string) {
	t.Helper()
	hits, _ := search(t, db, r)
	var got []string
	for _, h := range hits {
		got = append(got, names[h.ID])
	}
	equal(t, what, strings.Join(got, ", "), want)
}

func searchTerms(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	names := fileSearchPosts(t, db, c)
	tests := []struct {
		groups [][]store.SearchTerm
		want   string
	}{
		{anywhere("borrow"), "borrow, order, files"},
		{anywhere("borrow", "checker"), "borrow, order"},
		{anywhere("borrow checker"), "borrow"},
		{anywhere("checker borrow"), ""},
		{anywhere("check*"), "borrow, order"},
		{anywhere("borrow che*"), "borrow"},
		{anywhere("bor*", "com*"), "borrow"},
		{anywhere("checker complains about foo bar"), "borrow"},
		{anywhere("nowhere"), ""},
		{anywhere("ann"), "borrow, ann, files"},
		{anywhere("rust"), ""},        // the list address is in every To
		{anywhere("example"), ""},     // nor are domains what is looked for
		{anywhere("bar ann"), ""},     // from one part into the next
		{anywhere("checker the"), ""}, // as well
		{anywhere("οδοσ"), "greek"},
		{anywhere("東 京"), "greek"},
		{anywhere("京 都"), "greek"},
		{anywhere("都 東"), ""},
		{anywhere("c"), "greek, plain c"},
		{anywhere("c ＋"), "greek"},
		{[][]store.SearchTerm{{word("", "holiday"), word("", "slides")}}, "ann, files"},
		{append([][]store.SearchTerm{{word("", "holiday"), word("", "checks"), word(store.InSubject, "slides")}}, anywhere("they")...), "files"},
	}
	for _, tt := range tests {
		wantSearch(t, db, names, fmt.Sprint(tt.groups), store.SearchRequest{Communities: []int64{c.ID}, All: tt.groups}, tt.want)
	}
}

func searchFields(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	names := fileSearchPosts(t, db, c)
	tests := []struct {
		groups [][]store.SearchTerm
		want   string
	}{
		{all(word(store.InSubject, "checker")), "borrow"},
		{all(word(store.InSubject, "check*")), "borrow, order"},
		{all(word(store.InSubject, "borrow checker")), "borrow"},
		{all(word(store.InSubject, "slides")), "files"},
		{all(word(store.InFrom, "ann")), "borrow, files"},
		{all(word(store.InFrom, "ann example org")), "borrow, files"},
		{all(word(store.InFrom, "example ann")), ""},
		{all(word(store.InTo, "ann")), "ann"},
		{all(word(store.InTo, "rust")), "borrow, order, ann, files, greek, plain c"},
		{all(word(store.InFrom, "ben"), word("", "checker")), "order"},
		{all(store.HasFiles), "files"},
		{all(store.HasFiles, word("", "borrow")), "files"},
	}
	for _, tt := range tests {
		wantSearch(t, db, names, fmt.Sprint(tt.groups), store.SearchRequest{Communities: []int64{c.ID}, All: tt.groups}, tt.want)
	}
}

func searchWithout(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	names := fileSearchPosts(t, db, c)
	tests := []struct {
		all  [][]store.SearchTerm
		none []store.SearchTerm
		want string
	}{
		{anywhere("borrow"), []store.SearchTerm{word("", "order")}, "borrow, files"},
		{anywhere("borrow"), []store.SearchTerm{word("", "order"), word("", "pdf")}, "borrow"},
		{anywhere("borrow"), []store.SearchTerm{word("", "borrow checker")}, "order, files"},
		{anywhere("borrow"), []store.SearchTerm{word(store.InFrom, "ann")}, "order"},
		{anywhere("borrow", "checker"), []store.SearchTerm{word("", "compl*"), word("", "nowhere")}, "order"},
		{nil, []store.SearchTerm{word("", "borrow"), word("", "c")}, "ann"},
		{nil, []store.SearchTerm{word(store.InTo, "rust")}, ""},
		{nil, nil, "borrow, order, ann, files, greek, plain c"},
	}
	for _, tt := range tests {
		wantSearch(t, db, names, fmt.Sprint(tt.all, tt.none), store.SearchRequest{Communities: []int64{c.ID}, All: tt.all, None: tt.none}, tt.want)
	}
}

func searchFilters(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	names := fileSearchPosts(t, db, c)
	hits, _ := search(t, db, store.SearchRequest{Communities: []int64{c.ID}, All: anywhere("order")})
	tests := []struct {
		name string
		r    store.SearchRequest
		want string
	}{
		{"from a day on", store.SearchRequest{All: anywhere("borrow"), From: Now.AddDate(0, 0, -2)}, "borrow, order"},
		{"the moment itself is in", store.SearchRequest{From: Now.AddDate(0, 0, -1)}, "borrow"},
		{"until a day", store.SearchRequest{All: anywhere("borrow"), Until: Now.AddDate(0, 0, -1)}, "order, files"},
		{"until is not in", store.SearchRequest{Until: Now.AddDate(0, 0, -400)}, "plain c"},
		{"between", store.SearchRequest{From: Now.AddDate(0, 0, -50), Until: Now.AddDate(0, 0, -3)}, "files"},
		{"before there was anything", store.SearchRequest{Until: time.Unix(1, 0)}, ""},
		{"in the far future", store.SearchRequest{From: Now.AddDate(5000, 0, 0)}, ""},
		{"a thread", store.SearchRequest{All: anywhere("borrow"), Thread: hits[0].ThreadID}, "order"},
		{"a thread alone", store.SearchRequest{Thread: hits[0].ThreadID}, "order"},
		{"a thread without it", store.SearchRequest{All: anywhere("holiday"), Thread: hits[0].ThreadID}, ""},
		{"solved", store.SearchRequest{All: anywhere("borrow"), Solved: true}, ""},
	}
	for _, tt := range tests {
		tt.r.Communities = []int64{c.ID}
		wantSearch(t, db, names, tt.name, tt.r, tt.want)
	}
}

func searchCommunities(t *testing.T, db *store.DB) {
	rust, other, last := Community(t, db, "rust"), Community(t, db, "secret"), Community(t, db, "zig")
	names := fileSearchPosts(t, db, rust)
	for _, c := range []store.Community{other, last} {
		for id, name := range fileSearchPosts(t, db, c) {
			names[id] = c.Name + " " + name
		}
	}
	hits, _ := search(t, db, store.SearchRequest{Communities: []int64{other.ID}, All: anywhere("slides")})
	old := store.SearchRequest{From: Now.AddDate(0, 0, -50), Until: Now.AddDate(0, 0, -3)}
	tests := []struct {
		name string
		ids  []int64
		r    store.SearchRequest
		want string
	}{
		{"none", nil, store.SearchRequest{All: anywhere("slides")}, ""},
		{"none, by thread", nil, store.SearchRequest{Thread: hits[0].ThreadID}, ""},
		{"one", []int64{rust.ID}, store.SearchRequest{All: anywhere("slides")}, "files"},
		{"another's thread", []int64{rust.ID}, store.SearchRequest{Thread: hits[0].ThreadID}, ""},
		{"two, not the one between them", []int64{last.ID, rust.ID}, store.SearchRequest{All: anywhere("slides")}, "zig files, files"},
		{"two without words", []int64{last.ID, rust.ID}, old, "zig files, files"},
		{"two without a word", []int64{last.ID, rust.ID}, store.SearchRequest{None: []store.SearchTerm{word(store.InFrom, "ann")}, From: Now.AddDate(0, 0, -2)}, "zig order, order"},
		{"three", []int64{last.ID, rust.ID, other.ID}, store.SearchRequest{All: anywhere("slides")}, "zig files, secret files, files"},
		{"one that is not", []int64{999}, store.SearchRequest{All: anywhere("slides")}, ""},
	}
	for _, tt := range tests {
		tt.r.Communities = tt.ids
		wantSearch(t, db, names, tt.name, tt.r, tt.want)
		tt.r.Ranked = true
		hits, _ := search(t, db, tt.r)
		equal(t, tt.name+", ranked", len(hits), len(strings.FieldsFunc(tt.want, func(r rune) bool { return r == ',' })))
	}
}

func searchPages(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	const posts = 150 // more than a minute has room for
	for i := range posts {
		a := Arrival(c, fmt.Sprint(i))
		a.Text = store.PostText{Body: "all", Subject: fmt.Sprint("own", i)}
		Accept(t, db, a)
	}
	for _, ranked := range []bool{false, true} {
		r := store.SearchRequest{Communities: []int64{c.ID}, All: anywhere("all"), Limit: 40, Ranked: ranked}
		seen := map[int64]bool{}
		pages, last := 0, store.SearchKey{}
		for more := true; more; pages++ {
			var hits []store.Hit
			hits, more = search(t, db, r)
			for _, h := range hits {
				if seen[h.ID] || pages+len(seen) > 0 && h.Key.Position >= last.Position {
					t.Fatalf("post %d at %v comes after %v", h.ID, h.Key, last)
				}
				seen[h.ID], last = true, h.Key
			}
			key, err := store.ParseSearchKey(hits[len(hits)-1].Key.String())
			check(t, err)
			r.After = key
		}
		want := map[bool]int{false: posts, true: 100}[ranked] // the newest are judged
		equal(t, "pages", pages, (want+39)/40)
		equal(t, "posts", len(seen), want)
	}
	until := store.SearchRequest{Communities: []int64{c.ID}, All: anywhere("all"), Until: Now.Add(-time.Minute).Add(time.Second), Limit: 1000}
	hits, _ := search(t, db, until)
	equal(t, "by their date, where its minute was full", len(hits), posts)
	for _, text := range []string{"x", "1", "1-", "-1", "1-zz zz", "0-00", "-5-a", "1-ffffffffffffffffffff"} {
		_, err := store.ParseSearchKey(text)
		wantKind(t, text, err, store.Invalid)
	}
}

func searchRanked(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	names := map[int64]string{}
	for i, p := range []struct{ name, subject, body string }{
		{"phrase and subject", "borrow checker", "x"},
		{"subject", "checker of what i borrow", "x"},
		{"phrase", "help", "the borrow checker"},
		{"words", "help", "checker borrow"},
		{"other words", "help", "borrow a checker"},
	} {
		a := Arrival(c, fmt.Sprint(i))
		a.Date, a.Text = Now.AddDate(0, 0, -9+i), store.PostText{Subject: p.subject, Body: p.body}
		a.SubjectBase = fmt.Sprint(i)
		names[Accept(t, db, a).PostID] = p.name
	}
	request := store.SearchRequest{Communities: []int64{c.ID}, All: anywhere("borrow", "checker"), Ranked: true}
	wantSearch(t, db, names, "ranked", request, "phrase and subject, subject, phrase, other words, words")
	request.Limit = 2
	hits, more := search(t, db, request)
	equal(t, "more", more, true)
	request.After = hits[1].Key
	wantSearch(t, db, names, "second page", request, "phrase, other words")
	request.All = all(word(store.InFrom, "nobody"))
	wantSearch(t, db, names, "none", request, "")
	request.All, request.After, request.Limit = nil, store.SearchKey{}, 0
	wantSearch(t, db, names, "without words", request, "other words, words, phrase, subject, phrase and subject")
}

func searchLong(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	names := map[int64]string{}
	var b strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&b, "the w%d ", i%8_000)
	}
	b.WriteString("needle the end")
	a := Arrival(c, "long")
	a.Text = store.PostText{Subject: strings.Repeat("s ", 5000), Body: b.String(), To: strings.Repeat("somebody example org ", 5000), From: "ann", Attached: true}
	names[Accept(t, db, a).PostID] = "long"
	for _, tt := range []struct {
		text string
		want string
	}{{"w0", "long"}, {"the w7", "long"}, {"w11", "long"}, {"w4000", "long"}, {"w7999", "long"}, {"needle", "long"}, {"end", "long"}, {"needle end", "long"}, {"w3 w4", ""}} {
		wantSearch(t, db, names, tt.text, store.SearchRequest{Communities: []int64{c.ID}, All: anywhere(tt.text)}, tt.want)
	}
	wantSearch(t, db, names, "who wrote it", store.SearchRequest{Communities: []int64{c.ID}, All: all(word(store.InFrom, "ann"), store.HasFiles)}, "long")
}

// searchOdd: what is not folded is not found, and breaks nothing.
func searchOdd(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	odd := []string{`it's`, `a\b`, `"`, `'`, `a:b`, `a*`, "\x00", "\xff", "NOT", "and OR", "()", "x) OR (y", "%s", "?", strings.Repeat("y", 3000)}
	for i, text := range odd {
		a := Arrival(c, fmt.Sprint(i))
		a.Text = store.PostText{Subject: text, From: text, To: text, Body: text + " same", Files: text, Author: text}
		Accept(t, db, a)
	}
	hits, _ := search(t, db, store.SearchRequest{Communities: []int64{c.ID}, All: anywhere("same")})
	equal(t, "all of them", len(hits), len(odd))
	for _, text := range odd {
		for _, field := range []store.SearchField{store.Anywhere, store.InSubject, store.InFrom, store.InTo} {
			term := store.SearchTerm{Field: field, Words: []string{"same", text}, Prefix: true}
			_, _, err := db.Search(ctx, store.SearchRequest{Communities: []int64{c.ID}, All: all(term), None: []store.SearchTerm{{Words: []string{text, "x"}}}, Limit: 10})
			check(t, err)
		}
	}
}
