package itip

import (
	"strings"

	"github.com/emersion/go-ical"
)

// A Hint is what is known of a file before it is read. The zero Hint is nothing.
type Hint struct {
	Method  string // the method parameter of the part's Content-Type (RFC 6047 2.4)
	Charset string // its charset parameter, unless the data was decoded already
}

// Read reads the calendar objects of a file or of a part of a mail. It takes at most MaxSize octets, and always ends within
// some tens of milliseconds.
//
// What a person would understand is understood; what was odd is told in the Problems of each object. The error is
// ErrNoCalendar, a *LimitError, or says why an object cannot be read.
func Read(data []byte, hint Hint) ([]Object, error) {
	if len(data) > MaxSize {
		return nil, &LimitError{"octets", MaxSize}
	}
	var p problems
	lines, err := unfold(decodeWhole(data, hint.Charset), &p)
	if err != nil {
		return nil, err
	}
	texts, err := layOut(lines, &p)
	if err != nil {
		return nil, err
	}
	var objects []Object
	events := 0
	for _, text := range texts {
		root, err := decodeTree(text)
		if err != nil {
			return nil, err
		}
		o := readObject(root, hint, p)
		if events += len(o.Events); events > MaxEvents {
			return nil, &LimitError{"events", MaxEvents}
		}
		objects = append(objects, o)
	}
	return objects, nil
}

// readObject reads one VCALENDAR. The problems of the whole file are those of each of its objects.
func readObject(root *ical.Component, hint Hint, shared problems) Object {
	p := problems{append([]string(nil), shared.list...)}
	o := Object{
		Method:  Method(upper(prop(root, "METHOD").Value)),
		ProdID:  strings.TrimSpace(unescapeText(prop(root, "PRODID").Value)),
		Version: strings.TrimSpace(prop(root, "VERSION").Value),
	}
	o.setMethod(hint, &p)
	z := newZones(root, &p)
	for _, child := range root.Children {
		switch kind := Kind(child.Name); kind {
		case KindEvent:
			if len(o.Events) <= MaxEvents {
				o.Events = append(o.Events, readEvent(child, z, &p))
			}
		case KindTask, KindJournal, KindFreeBusy:
			if len(o.Others) < MaxEvents {
				o.Others = append(o.Others, readEvent(child, z, &p))
			}
		case "VTIMEZONE":
		default:
			p.addf("the component %s is not known and was left out", excerpt(child.Name))
		}
	}
	o.tellOthers(&p)
	o.Problems = p.list
	return o
}

// setMethod takes the method from the mail where the object has none. Where both name one the object's counts.
//
// QUIRK: Google's "propose new time" says REPLY in the mail and COUNTER in the object.
func (o *Object) setMethod(hint Hint, p *problems) {
	declared := Method(upper(hint.Method))
	switch {
	case !isName(string(declared)) || declared == o.Method:
	case o.Method == "":
		o.Method = declared
	default:
		o.Declared = declared
		p.addf("the mail says method=%s and the object METHOD:%s; the object counts", excerpt(string(declared)), excerpt(string(o.Method)))
	}
	if o.Method != "" && !o.Method.IsKnown() {
		p.addf("the method %s is none of iTIP (RFC 5546)", excerpt(string(o.Method)))
	}
}

var otherNames = map[Kind]string{KindTask: "a task (VTODO)", KindJournal: "a journal entry (VJOURNAL)", KindFreeBusy: "free and busy times (VFREEBUSY)"}

// tellOthers says what stands there that is no event.
func (o *Object) tellOthers(p *problems) {
	for _, other := range o.Others {
		p.addf("it is about %s, not about a meeting", otherNames[other.Kind])
	}
	if len(o.Events)+len(o.Others) == 0 {
		p.addf("the object holds no event")
	}
}
