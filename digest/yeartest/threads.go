package yeartest

import (
	"fmt"
	"math"
	"time"

	"guildpost/mail"
)

// A Post is a message, as its author's program wrote it.
type Post struct {
	ID         string   // of the message, without brackets
	By         int      // place in People
	References []string // the oldest first
	Subject    string
	Label      string // of its thread, on the post that begins it
	Solved     bool   // as well
	At         time.Time
	Raw        []byte
	Fresh, Old int // characters written and quoted
}

// A thread is one being drawn.
type thread struct {
	topic   *Topic
	posts   []Post
	subject string
}

// Weights of who begins threads and who answers, by class.
var (
	beginWeights  = [...]float64{Core: 3, Active: 1.6, Edge: .08}
	answerWeights = [...]float64{Core: 10, Active: 2, Edge: .03}
)

// Chances within threads.
const (
	newcomerAsks  = .45
	askerComeBack = .25
	quotes        = .5
	longest       = 14 // posts of a thread
)

func (d *drawing) threads() {
	subjects := d.subjects()
	begin := func(by int, at time.Time) {
		n := len(d.threadsBegun)
		d.thread(by, at, subjects[n%len(subjects)], n)
	}
	for day := d.From; day.Before(d.To); day = day.AddDate(0, 0, 1) {
		for range d.poisson(d.Law.Threads[d.month(day)] * d.dayFactor(day)) {
			if by := d.who(day, beginWeights, d.Law.FacilitatorsBegin[d.month(day)], -1); by >= 0 {
				begin(by, d.at(day, mustZone(d.People[by].Zone)))
			}
		}
	}
	for i, p := range d.People {
		if p.Joined.Before(d.From) || !d.chance(newcomerAsks) {
			continue
		}
		begin(i, d.awake(p.Joined.Add(10*time.Minute+time.Duration(d.ExpFloat64()*96*float64(time.Hour)).Truncate(time.Second)), &d.People[i]))
	}
}

// subjects are all that threads may be about: each topic comes once before one comes again, then about another place.
func (d *drawing) subjects() (all []int) {
	topics, first := len(d.Law.Topics), d.Perm(len(d.Law.Places))
	for _, place := range first {
		for _, topic := range d.Perm(topics) {
			all = append(all, topic+topics*((place+topic)%len(first)))
		}
	}
	return all
}

// who draws somebody who is there at a time and is not the one given; so many times in one it is a facilitator. It is -1 where
// nobody is.
func (d *drawing) who(at time.Time, weights [3]float64, facilitator float64, not int) int {
	lead, sum := d.chance(facilitator), 0.0
	weight := func(i int) float64 {
		p := &d.People[i]
		if i == not || p.Sponsor || !p.In(at) || p.Facilitator != lead {
			return 0
		}
		return weights[p.Class]
	}
	for i := range d.People {
		sum += weight(i)
	}
	left := d.Float64() * sum
	for i := range d.People {
		if w := weight(i); w > 0 {
			if left -= w; left <= 0 {
				return i
			}
		}
	}
	return -1
}

// thread draws a thread, as far as it goes before the year is over.
func (d *drawing) thread(by int, at time.Time, subject, number int) {
	topic := &d.Law.Topics[subject%len(d.Law.Topics)]
	place := d.Law.Places[subject/len(d.Law.Topics)%len(d.Law.Places)]
	t := thread{topic: topic, subject: fmt.Sprintf(topic.Subject, place)}
	if !at.Before(d.To) || !d.People[by].In(at) {
		return
	}
	id := func() string {
		return fmt.Sprintf("%s.%d.%d@%s.example", d.Law.Name, number+1, len(t.posts), d.Law.Name)
	}
	t.posts = append(t.posts, d.post(Post{ID: id(), By: by, Subject: t.subject, Label: topic.Label, At: at}, "", fmt.Sprintf(topic.Question, place)))
	for d.goesOn(&t) {
		parent := &t.posts[0]
		if len(t.posts) > 1 && d.chance(.5) {
			parent = &t.posts[len(t.posts)-1]
		}
		p, ok := d.answer(&t, parent)
		if !ok {
			break
		}
		p.ID = id()
		t.posts = append(t.posts, d.post(p, d.quoted(parent), d.words(&t)))
	}
	if len(t.posts) > 1 {
		t.posts[0].Solved = d.chance(d.Law.Solved)
	}
	d.threadsBegun = append(d.threadsBegun, t)
	d.Posts = append(d.Posts, t.posts...)
}

// goesOn says whether somebody writes the next post of a thread.
func (d *drawing) goesOn(t *thread) bool {
	root := t.posts[0]
	m := d.month(root.At)
	switch {
	case len(t.posts) > 1:
		return len(t.posts) < longest && d.chance(d.Law.GoesOn[m])
	case root.At.Sub(d.People[root.By].Joined) < 30*24*time.Hour:
		return d.chance(d.Law.Welcomed[m])
	}
	return d.chance(d.Law.Answered[m])
}

// answer draws who answers a post, and when; not ok is that it comes too late, or nobody is there.
func (d *drawing) answer(t *thread, parent *Post) (p Post, ok bool) {
	m := d.month(parent.At)
	if asker := t.posts[0].By; len(t.posts) > 1 && parent.By != asker && d.chance(askerComeBack) {
		p.By = asker
	} else if p.By = d.who(parent.At, answerWeights, d.Law.ByFacilitators[m], parent.By); p.By < 0 {
		return p, false
	}
	median := d.Law.Hours[m]
	if len(t.posts) > 1 {
		median /= 2
	}
	p.At = d.awake(parent.At.Add(d.wait(median)), &d.People[p.By])
	p.Subject = "Re: " + t.subject
	p.References = append(parent.References[:len(parent.References):len(parent.References)], parent.ID)
	return p, p.At.Before(d.To) && d.People[p.By].In(p.At)
}

// words are those of an answer: first what helps, then what people add.
func (d *drawing) words(t *thread) string {
	if n := len(t.posts) - 1; n < len(t.topic.Answers) {
		return t.topic.Answers[n]
	}
	return remarks[d.IntN(len(remarks))]
}

// quoted is what an answer quotes of the post that it answers, with the line above it; "" for nothing.
func (d *drawing) quoted(parent *Post) string {
	if !d.chance(quotes) {
		return ""
	}
	return quote(d.People[parent.By].Name, parent.Raw)
}

// post puts a message together.
func (d *drawing) post(p Post, quoted, text string) Post {
	author := d.People[p.By]
	p.At = p.At.UTC()
	p.Raw = message(p, author, d.Law.Name, quoted, text)
	read := mail.Read(p.Raw).SearchText()
	p.Fresh, p.Old = read.NewChars, read.QuotedChars
	return p
}

// within draws a time in the first hours after another, of which there are so many at most.
func (d *drawing) within(after time.Time, most float64) time.Time {
	return after.Add(time.Duration(math.Max(1, d.Float64()*most*60)) * time.Minute)
}
