package mail

import (
	"strings"
	"testing"
)

func TestCalendarParts(t *testing.T) {
	object := "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:abc-\n def@x\nEND:VEVENT\nEND:VCALENDAR\n"
	base64 := "QkVHSU46VkNBTEVOREFSCk1FVEhPRDpSRVBMWQpVSUQ6YjY0CkVORDpWQ0FMRU5EQVIK\n"
	mixed := func(parts ...string) string {
		return "Content-Type: multipart/mixed; boundary=m\n\n--m\n" + strings.Join(parts, "\n--m\n") + "\n--m--\n"
	}
	tests := []struct{ name, raw, want string }{
		{"root", "Content-Type: text/calendar; method=reply\n\n" + object, "REPLY abc-def@x"},
		{"method of the object", "Content-Type: text/calendar\n\n" + object, "REPLY abc-def@x"},
		{"method of the type wins", "Content-Type: text/calendar; method=\"COUNTER\"\n\n" + object, "COUNTER abc-def@x"},
		{"base64", "Content-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n" + base64, "REPLY b64"},
		{"attached", mixed("\nx", "Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment\n\n"+object), "REPLY abc-def@x"},
		{"named", mixed("\nx", "Content-Type: application/octet-stream; name=\"Invite.ICS\"\nContent-Transfer-Encoding: base64\n\n"+base64), "REPLY b64"},
		{"named, but something else", mixed("\nx", "Content-Type: application/octet-stream; name=x.ics\n\nMZ"), ""},
		{"text that is one", "Content-Type: text/plain\n\n\n" + object, "REPLY abc-def@x"},
		{"text about one", "Content-Type: text/plain\n\nSee:\n" + object, ""},
		{"twice the same", mixed("Content-Type: text/calendar\n\n"+object, "Content-Type: application/ics\n\n"+object), "REPLY abc-def@x"},
		{"two", mixed("Content-Type: text/calendar; method=REPLY\n\n"+object, "Content-Type: text/calendar; method=CANCEL\n\nBEGIN:VCALENDAR\nUID:2\n"), "REPLY abc-def@x,CANCEL 2"},
		{"without method", "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nUID;X=1:2\n", " 2"},
		{"forwarded", mixed("\nx", "Content-Type: message/rfc822\n\nContent-Type: text/calendar; method=REPLY\n\n"+object), "REPLY abc-def@x forwarded"},
		{"utf-16", "Content-Type: text/calendar; charset=utf-16be\n\n" + widen(object), "REPLY abc-def@x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Read([]byte(tt.raw))
			var got []string
			for _, c := range CalendarParts(m) {
				got = append(got, c.Method+" "+c.UID+map[bool]string{true: " forwarded"}[c.Part.InMessage()])
			}
			if all := strings.Join(got, ","); all != tt.want {
				t.Errorf("got %q, want %q", all, tt.want)
			}
			own := tt.want != "" && tt.want[0] != ' ' && !strings.HasSuffix(tt.want, "forwarded")
			if HasCalendar(m) != own {
				t.Errorf("HasCalendar: got %v, want %v", !own, own)
			}
		})
	}
}

func widen(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteString("\x00" + s[i:i+1])
	}
	return b.String()
}
