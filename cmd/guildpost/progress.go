package main

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressEvery is how often a line is written where there is no terminal for a bar.
const progressEvery = 3 * time.Second

// A progress shows how far long work is: a bar on a terminal, elsewhere a line every few seconds.
type progress struct {
	app    *app
	what   string
	total  int
	done   int
	start  time.Time
	spoken time.Time
	bar    *progressbar.ProgressBar
}

// progress begins to show work of total steps; what is a plural, "members".
func (a *app) progress(what string, total int) *progress {
	p := &progress{app: a, what: what, total: total, start: a.now(), spoken: a.now()}
	if isTerminal(a.stderr) {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString(what),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p
}

// add says that n more steps are done.
func (p *progress) add(n int) {
	p.done += n
	if p.bar != nil {
		_ = p.bar.Add(n)
		return
	}
	if now := p.app.now(); now.Sub(p.spoken) >= progressEvery {
		p.spoken = now
		fmt.Fprintln(p.app.stderr, p.text(now))
	}
}

// text is "members: 34000 of 100000, 11333/s, 6s left".
func (p *progress) text(now time.Time) string {
	rate := float64(p.done) / now.Sub(p.start).Seconds()
	left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%s: %d of %d, %.0f/s, %s left", p.what, p.done, p.total, rate, left)
}

// progressOf begins to show work of which the steps are not counted before: set tells how much of it is done, in
// another unit.
func (a *app) progressOf(what string) *progress {
	return &progress{app: a, what: what, start: a.now(), spoken: a.now()}
}

// set says that n steps are done, and how far the work is: part of whole, which is 0 where nobody knows.
func (p *progress) set(n int, part, whole int64) {
	p.done = n
	now := p.app.now()
	text := p.partText(now, part, whole)
	if isTerminal(p.app.stderr) && whole > 0 {
		if p.bar == nil {
			p.bar = progressbar.NewOptions64(whole, progressbar.OptionSetWriter(p.app.stderr), progressbar.OptionSetPredictTime(false),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		}
		p.bar.Describe(text)
		_ = p.bar.Set64(min(part, whole-1))
		return
	}
	if now.Sub(p.spoken) >= progressEvery {
		p.spoken = now
		fmt.Fprintln(p.app.stderr, text)
	}
}

// partText is "messages: 34000, 11333/s, 6s left".
func (p *progress) partText(now time.Time, part, whole int64) string {
	took := now.Sub(p.start).Seconds()
	text := fmt.Sprintf("%s: %d, %.0f/s", p.what, p.done, float64(p.done)/took)
	if part == 0 || whole == 0 {
		return text
	}
	left := time.Duration(took * float64(whole-part) / float64(part) * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%s, %s left", text, left)
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
