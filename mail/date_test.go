package mail

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	tests := []struct{ value, want string }{
		{"Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06Z"},
		{"Fri, 21 Nov 1997 09:55:06 -0600 (CST)", "1997-11-21T15:55:06Z"},
		{"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21T15:55:06Z"},
		{"21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z"},
		{"1 Jan 03 00:00 +0100", "2002-12-31T23:00:00Z"},
		{"Mon, 5 Jul 2010 08:57:06 EDT", "2010-07-05T12:57:06Z"},
		{"Mon Jul  5 08:57:06 EDT 2010", "2010-07-05T12:57:06Z"},
		{"Mon Jul  5 08:57:06 2010", "2010-07-05T08:57:06Z"},
		{"Wed, 20 Jan 2021 10:00:00 GMT+0100", "2021-01-20T09:00:00Z"},
		{"Wed, 20 Jan 2021 10:00:00 +01:00", "2021-01-20T09:00:00Z"},
		{"Wed, 20 Jan 2021 10:00:00", "2021-01-20T10:00:00Z"},
		{"Wed, 20 January 2021 3:04:05 PM", "2021-01-20T15:04:05Z"},
		{"2021-01-20T10:00:00+02:00", "2021-01-20T08:00:00Z"},
		{"2021-01-20 10:00:00 +0200", "2021-01-20T08:00:00Z"},
		{"20-Jan-2021 10:00", "2021-01-20T10:00:00Z"},
		{"20.01.2021 10:00", "2021-01-20T10:00:00Z"},
		{"Wed, 20 Jan 2021 10:00:00 +9900", "2021-01-20T10:00:00Z"},
		{"Tue, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z"},
		{"Thu, 30 Feb 2021 10:00:00 +0000", ""},
		{"Wed, 20 Jan 2021 25:00:00 +0000", ""},
		{"Wed, 20 Jan 1921 10:00:00 +0000", ""},
		{"Wed, 20 Jan 999999999999 10:00:00 +0000", ""},
		{"yesterday", ""},
		{"", ""},
		{":::---", ""},
	}
	for _, tt := range tests {
		t.Run(tt.value, func(t *testing.T) {
			got := ""
			if date, ok := ParseDate(tt.value); ok {
				got = date.UTC().Format(time.RFC3339)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("Fri, 21 Nov 1997 09:55:06 -0600 (CST)")
	f.Add("2021-01-20T10:00:00+02:00")
	f.Add("2000-01-01T0:00:00+20:00")
	f.Fuzz(func(t *testing.T, value string) {
		date, ok := ParseDate(value)
		if ok && (date.UTC().Year() < 1969 || date.UTC().Year() > 2101) {
			t.Errorf("%q became %v", value, date)
		}
		again, ok2 := ParseDate(date.Format(time.RFC1123Z))
		if ok && (!ok2 || !again.Equal(date.Truncate(time.Second)) && date.Nanosecond() == 0) {
			t.Errorf("%q became %v, and that %v", value, date, again)
		}
	})
}
