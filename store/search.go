package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A SearchRequest says what to find. Whoever asks decides before what may be searched: posts of other communities than
// those named are not found, and none at all where none is named.
type SearchRequest struct {
	Communities []int64
	All         [][]SearchTerm // of each group, one term
	None        []SearchTerm   // none of these
	Thread      int64          // 0 is any
	Solved      bool           // in threads that are solved
	From, Until time.Time      // written at From or later, and before Until; zero is without end
	Ranked      bool           // the best first, instead of the newest
	After       SearchKey      // where the page before ended
	Limit       int            // hits of a page

	fewSolved bool // few threads are solved, so that their posts are known before others are looked at
}

// A SearchTerm is a word or a phrase, folded by mail.FoldWords.
type SearchTerm struct {
	Field  SearchField
	Words  []string // in a row
	Prefix bool     // the last one is only the beginning of a word
}

// A SearchField is where a term is looked for.
type SearchField string

// The fields.
const (
	Anywhere  SearchField = "" // subject, name of the author, text and names of files
	InSubject SearchField = markSubject
	InFrom    SearchField = markFrom
	InTo      SearchField = markTo
)

// HasFiles is the term that every post with files matches.
var HasFiles = SearchTerm{Words: []string{wordAttached}}

// A Hit is a post that was found.
type Hit struct {
	Post
	Thread      string // the subject of its thread
	ThreadPosts int
	Solved      bool
	Key         SearchKey
}

// A SearchKey is where a hit stands among the others. The zero value is before the first.
type SearchKey struct {
	Score    int // 0 where the newest come first
	Position int64
}

// String is the key as ParseSearchKey reads it.
func (k SearchKey) String() string {
	if k == (SearchKey{}) {
		return ""
	}
	return strconv.Itoa(k.Score) + "-" + strconv.FormatInt(k.Position, 36)
}

// ParseSearchKey reads a key; "" is the zero value.
func ParseSearchKey(text string) (k SearchKey, err error) {
	if text == "" {
		return k, nil
	}
	score, position, _ := strings.Cut(text, "-")
	if k.Score, err = strconv.Atoi(score); err == nil {
		k.Position, err = strconv.ParseInt(position, 36, 64)
	}
	if err != nil || k.Score < 0 || k.Position <= 0 || k.String() != text {
		return SearchKey{}, Errorf(Invalid, "%q is not where a page of a search ended", text)
	}
	return k, nil
}

// maxHits bounds a page.
const maxHits = 1000

// Search finds posts, the newest first or the best first. more says that there is a page after this one; it begins after
// the key of the last hit.
func (db *DB) Search(ctx context.Context, r SearchRequest) (hits []Hit, more bool, err error) {
	r.Limit = min(max(r.Limit, 1), maxHits)
	if len(r.Communities) == 0 {
		return nil, false, nil
	}
	if err := db.narrow(ctx, &r); err != nil {
		return nil, false, err
	}
	if r.Ranked {
		hits, err = db.searchRanked(ctx, r)
	} else {
		limit := r.Limit
		r.Limit++
		hits, err = db.searchNewest(ctx, r)
		r.Limit = limit
	}
	if len(hits) > r.Limit {
		return hits[:r.Limit], true, err
	}
	return hits, false, err
}

// manySolved is from how many solved threads on it is quicker to look at each post's own.
const manySolved = 2000

// narrow finds out what keeps the search from looking at much for nothing: when the thread was, whether threads are solved.
func (db *DB) narrow(ctx context.Context, r *SearchRequest) error {
	if r.Thread != 0 {
		th, err := db.Thread(ctx, r.Thread)
		if err != nil && KindOf(err) != NotFound {
			return err
		}
		if r.From.Before(th.FirstAt) {
			r.From = th.FirstAt
		}
		if end := th.LastAt.Add(time.Microsecond); r.Until.IsZero() || end.Before(r.Until) {
			r.Until = end
		}
	}
	if !r.Solved {
		return nil
	}
	var n int
	err := db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&n) }, "SELECT COUNT(*) FROM (SELECT 1 FROM threads WHERE solved AND "+
		db.dialect.in("community_id")+" LIMIT ?) AS few", db.dialect.idList(r.Communities), manySolved)
	r.fewSolved = n < manySolved
	return err
}

// searchNewest reads hits in the order of their positions.
func (db *DB) searchNewest(ctx context.Context, r SearchRequest) (hits []Hit, err error) {
	text, args := r.statement(db.dialect)
	err = db.query(ctx, func(row rowScanner) error {
		h, err := scanHit(row)
		hits = append(hits, h)
		return err
	}, text, args...)
	return hits, err
}

const hitColumns = `p.id, p.community_id, p.thread_id, p.raw_id, p.member_id, p.message_id, p.from_address, p.from_name, p.subject,
	p.sent_at, p.accepted_at, p.size, p.position, th.subject, th.posts, th.solved`

func scanHit(row rowScanner) (h Hit, err error) {
	var date, accepted int64
	err = row.Scan(&h.ID, &h.CommunityID, &h.ThreadID, &h.RawID, &h.MemberID, &h.MessageID, &h.From, &h.FromName,
		&h.Subject, &date, &accepted, &h.Size, &h.Key.Position, &h.Thread, &h.ThreadPosts, &h.Solved)
	h.Date, h.AcceptedAt = fromMicros(date), fromMicros(accepted)
	return h, err
}

// statement is the request as a statement. Where there are words, their index is read from the newest position down, and
// the posts one by one as they are found (CROSS JOIN keeps SQLite at that); else the posts alone.
func (r SearchRequest) statement(d dialect) (text string, args []any) {
	var c conditions
	position := "p.position"
	from := "posts p"
	if len(r.All) > 0 {
		position, from = "s.docid", "search s CROSS JOIN posts p"
		c.add("p.position = s.docid")
		c.add(d.matches("s"), d.match(r.All, r.None))
	} else if len(r.None) > 0 {
		low, high := r.positions()
		c.add("p.position NOT IN (SELECT n.docid FROM search n WHERE n.docid BETWEEN ? AND ? AND "+d.matches("n")+")",
			low, high, d.match([][]SearchTerm{r.None}, nil))
	}
	r.where(&c, d, position)
	return "SELECT " + hitColumns + " FROM " + from + " CROSS JOIN threads th WHERE th.id = p.thread_id AND " + c.String() +
		" ORDER BY " + position + " DESC LIMIT ?", append(c.args, r.Limit)
}

// where is what is asked beside words.
func (r SearchRequest) where(c *conditions, d dialect, position string) {
	low, high := r.positions()
	c.add(position+" BETWEEN ? AND ?", low, high)
	if len(r.Communities) > 1 {
		first, last := r.minutes()
		c.add("("+position+" & "+strconv.Itoa(1<<positionCommunity-1)+") BETWEEN ? AND ?", first, last)
		c.add(d.in("("+position+" >> "+strconv.Itoa(positionCommunity)+")"), d.idList(r.Communities))
	}
	if !r.Until.IsZero() {
		c.add("p.sent_at < ?", micros(r.Until))
	}
	if r.Thread != 0 {
		c.add("p.thread_id = ?", r.Thread)
	}
	if r.fewSolved {
		c.add(position+" IN (SELECT q.position FROM threads o JOIN posts q ON q.thread_id = o.id WHERE o.solved AND "+d.in("o.community_id")+")",
			d.idList(r.Communities))
	}
	if r.Solved {
		c.add("th.solved")
	}
	c.add("p.state = 0")
}

// fullMinute is how far behind its date a post may stand, because the minutes of its date were full.
const fullMinute = 24 * time.Hour

// minutes are the first and the last position within a community that the dates allow.
func (r SearchRequest) minutes() (first, last int64) {
	last = 1<<positionCommunity - 1
	if !r.From.IsZero() {
		first = min(positionOf(0, r.From), last)
	}
	if !r.Until.IsZero() {
		last = min(positionOf(0, r.Until.Add(fullMinute)), last)
	}
	return first, last
}

// positions are the first and the last position that the communities, the dates and the page allow.
func (r SearchRequest) positions() (low, high int64) {
	first, last := r.minutes()
	low = slices.Min(r.Communities)<<positionCommunity + first
	high = slices.Max(r.Communities)<<positionCommunity + last
	if r.After.Position != 0 && !r.Ranked {
		high = min(high, r.After.Position-1)
	}
	return low, high
}

// conditions are joined by AND.
type conditions struct {
	texts []string
	args  []any
}

func (c *conditions) add(text string, args ...any) {
	c.texts = append(c.texts, text)
	c.args = append(c.args, args...)
}

func (c *conditions) String() string { return strings.Join(c.texts, " AND ") }

// matches is the condition that a row of the index matches an argument made by match.
func (d dialect) matches(alias string) string {
	if d == postgres {
		return alias + ".words @@ CAST(? AS tsquery)"
	}
	return alias + ".words MATCH ?"
}

// match writes terms as the index of each database reads them.
func (d dialect) match(all [][]SearchTerm, none []SearchTerm) string {
	and, or, not := " AND ", " OR ", " NOT "
	if d == postgres {
		and, or, not = " & ", " | ", " & !"
	}
	groups := make([]string, len(all))
	for i, group := range all {
		groups[i] = d.anyOf(group, or)
	}
	text := strings.Join(groups, and)
	if len(none) > 0 {
		text = "(" + text + ")" + not + d.anyOf(none, or)
	}
	return text
}

func (d dialect) anyOf(terms []SearchTerm, or string) string {
	texts := make([]string, len(terms))
	for i, term := range terms {
		texts[i] = d.term(term)
	}
	return "(" + strings.Join(texts, or) + ")"
}

// term is a word or a phrase.
func (d dialect) term(s SearchTerm) string {
	words := s.plain()
	for i, word := range words {
		word = string(s.Field) + word
		last := s.Prefix && i == len(words)-1
		switch {
		case d == postgres && last:
			word = "'" + word + "':*"
		case d == postgres:
			word = "'" + word + "'"
		case last:
			word += "*"
		}
		words[i] = word
	}
	if d == postgres {
		return "(" + strings.Join(words, " <-> ") + ")"
	}
	return `"` + strings.Join(words, " ") + `"`
}

// plain are the words without what would be read as a command, though folded ones hold letters and digits alone. A term
// without any word finds nothing.
func (s SearchTerm) plain() (words []string) {
	for _, word := range s.Words {
		word = strings.Map(func(r rune) rune {
			if strings.ContainsRune(" '\"\\*:()&|!<>\x00", r) {
				return -1
			}
			return r
		}, word)
		if word = shortWord(word); word != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		words = []string{wordNowhere}
	}
	return words
}
