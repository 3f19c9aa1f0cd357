package store

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"
)

// An EditOfThread is somebody's: the actor, and the member where it is one, so that they find it among their own changes.
type EditOfThread struct {
	By       Actor
	MemberID int64
}

// threadState is what the journal keeps of a thread that somebody changes.
type threadState struct {
	Thread  int64        `json:"thread"`
	Subject string       `json:"subject"`
	Base    string       `json:"base,omitempty"`
	Title   string       `json:"title_base,omitempty"`
	Solved  bool         `json:"solved"`
	Labels  []string     `json:"labels,omitempty"`
	Merged  *threadState `json:"merged,omitempty"` // that became part of it
	Posts   []int64      `json:"posts,omitempty"`  // of the one that became part of another
	From    int64        `json:"from,omitempty"`   // that it was split off
	Post    int64        `json:"post,omitempty"`   // that it begins with since then
}

func (s threadState) text() string {
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(b)
}

func (t *tx) threadState(th threadRow) (s threadState, err error) {
	s = threadState{Thread: th.id, Subject: th.subject, Base: th.subjectBase, Title: th.titleBase, Solved: th.solved}
	err = t.query(func(row rowScanner) error {
		var label string
		err := row.Scan(&label)
		s.Labels = append(s.Labels, label)
		return err
	}, "SELECT label FROM thread_labels WHERE thread_id = ? ORDER BY label", th.id)
	return s, err
}

// threadMeant finds the thread of a community that a number means.
func (t *tx) threadMeant(communityID, id int64) (threadRow, error) {
	err := t.row(movedThread+"SELECT id FROM threads WHERE community_id = ? AND id IN (SELECT id FROM meant)", id, communityID).Scan(&id)
	if isNoRows(err) {
		return threadRow{}, Errorf(NotFound, "there is no such thread")
	}
	if err != nil {
		return threadRow{}, err
	}
	return t.thread(id)
}

// editThread is the frame of a change: it notes how the thread was and how it is then. Changed is false, and nothing is
// noted, where it was so already.
func (db *DB) editThread(ctx context.Context, e EditOfThread, communityID, id int64, action string,
	change func(t *tx, th *threadRow) error) (changed bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		if err := t.lockArchive(communityID); err != nil {
			return err
		}
		th, err := t.threadMeant(communityID, id)
		if err != nil {
			return err
		}
		before, err := t.threadState(th)
		if err != nil {
			return err
		}
		if err := change(t, &th); err != nil {
			return err
		}
		if err := t.keepThread(th); err != nil {
			return err
		}
		after, err := t.threadState(th)
		changed = before.text() != after.text()
		if err != nil || !changed {
			return err
		}
		return t.journal(e.By, entry{community: communityID, member: e.MemberID, action: action, before: before.text(), after: after.text()})
	})
	return changed, err
}

// TitleThread gives a thread a title, which stays whatever comes; base is its mail.BaseSubject.
func (db *DB) TitleThread(ctx context.Context, e EditOfThread, communityID, id int64, title, base string) (changed bool, err error) {
	title, base = text(strings.TrimSpace(title)), key(base)
	if title == "" || base == "" {
		return false, Errorf(Invalid, "a thread's title must not be empty")
	}
	return db.editThread(ctx, e, communityID, id, "title thread", func(_ *tx, th *threadRow) error {
		th.subject, th.titleBase = title, base
		return nil
	})
}

// SolveThread marks a thread as solved, or as open.
func (db *DB) SolveThread(ctx context.Context, e EditOfThread, communityID, id int64, solved bool) (changed bool, err error) {
	action := map[bool]string{true: "solve thread", false: "open thread"}[solved]
	return db.editThread(ctx, e, communityID, id, action, func(_ *tx, th *threadRow) error {
		th.solved = solved
		return nil
	})
}

const (
	maxLabel  = 40 // octets
	maxLabels = 20 // of a thread
)

// ThreadLabel is the form in which a label is kept; Invalid for what can be none.
func ThreadLabel(label string) (string, error) {
	label = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(label), "#")))
	odd := strings.ContainsFunc(label, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("-_.+/", r)
	})
	if label == "" || odd || len(label) > maxLabel {
		return "", Errorf(Invalid, "%q cannot be a label: one word of letters, digits, and - _ . + / inside, at most %d bytes", label, maxLabel)
	}
	return label, nil
}

// LabelThread puts a label on a thread, or takes it off.
func (db *DB) LabelThread(ctx context.Context, e EditOfThread, communityID, id int64, label string, on bool) (changed bool, err error) {
	if label, err = ThreadLabel(label); err != nil {
		return false, err
	}
	action := map[bool]string{true: "label thread", false: "unlabel thread"}[on]
	return db.editThread(ctx, e, communityID, id, action, func(t *tx, th *threadRow) error {
		if !on {
			_, err := t.exec("DELETE FROM thread_labels WHERE thread_id = ? AND label = ?", th.id, label)
			return err
		}
		var n int
		if err := t.row("SELECT COUNT(*) FROM thread_labels WHERE thread_id = ?", th.id).Scan(&n); err != nil {
			return err
		}
		if n >= maxLabels {
			return Errorf(Invalid, "a thread has at most %d labels", maxLabels)
		}
		_, err := t.exec("INSERT INTO thread_labels (thread_id, label) VALUES (?, ?) ON CONFLICT DO NOTHING", th.id, label)
		return err
	})
}
