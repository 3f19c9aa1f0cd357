// Package itip reads and writes what calendars send each other by mail: iCalendar objects (RFC 5545) with a method (iTIP, RFC
// 5546), as they come in mails (iMIP, RFC 6047). It is pure: no store, no network, no clock; what it is given and what it
// gives are plain values. The time zones come from the Go time zone database, which the program embeds.
//
// # Reading
//
// Read takes the bytes of a text/calendar part or of an .ics file, ReadTNEF those of Outlook's winmail.dat, and both give
// Objects: a Method, and Events about a UID. What a person would understand is understood: wrong line ends and charsets,
// UTF-16, missing "mailto:", quotes inside quotes, dates without VALUE=DATE, lower-case rules, several objects in one file,
// text around them. Each such rule of the code is marked QUIRK and names the software that needs it. What was odd or left out
// is told in the object's Problems, in sentences; nothing is guessed in silence.
//
// The tree is that of go-ical, but go-ical never sees what came in: it panics at a parameter where the line ends, is
// quadratic in parameters, and its stack overflows in nested components. So the lines are first unfolded, taken apart,
// bounded (MaxSize, MaxLines, MaxLine, MaxParams, MaxParamValue, MaxDepth) and balanced by this package, and go-ical gets
// them in the one form that it reads without trouble. A file beyond the limits is refused by a *LimitError.
//
// # Times and zones
//
// A Time is what the clock on the wall shows, and where that clock hangs. Zone resolves the names that calendars use: those
// of the IANA database in any case and behind prefixes, Windows' ("W. Europe Standard Time", CLDR) and what Windows shows for
// them ("(UTC+01:00) Amsterdam, Berlin"). If the name says nothing, the VTIMEZONE is compared with all zones in the years
// around the event; if none changes its clocks that way, it is made a zone itself. A zone that stays unknown is a Time with
// UnknownZone and a problem, and never UTC.
//
// # Recurrence
//
// A Series is a meeting with all its dates: RRULE, RDATE, EXDATE, changed dates (RECURRENCE-ID), and changes from a date on
// (RANGE=THISANDFUTURE). Rules are DAILY, WEEKLY, MONTHLY or YEARLY with every BYxxx part; below DAILY they are refused in
// words. Dates repeat by the wall clock of the meeting's zone. An expansion gives at most MaxOccurrences and does a bounded
// amount of work, some ten milliseconds, also for a rule that never matches.
//
// The iterator is our own, by days and periods, rather than rrule-go's: that one loops without end on short rules of a mail,
// knows no limit, and has not had a release for years. Ours agrees with Python's dateutil, on a table and on random rules,
// but for what RFC 5545 says otherwise: DTSTART is always the first occurrence, also where the rule does not name it; numbered
// and plain days in BYDAY add up; BYWEEKNO alone takes the day of the week of DTSTART; BYSETPOS counts in whole weeks.
//
// # What a message asks
//
// Object.Answers, Proposals and RefreshRequests give what attendees send: REPLY, COUNTER, REFRESH. Answers (the map) keeps
// of many answers those that count, by SEQUENCE and DTSTAMP, so that the order in which they arrive does not matter. Who sent
// a message, and whether they may say that, is not looked at here.
//
// # Writing
//
// Write writes an Object: CRLF, folds at 75 octets between characters, values escaped by RFC 5545 and parameters by RFC
// 6868, and a VTIMEZONE for each zone, by yearly rules where the zone has them. Control characters are refused wherever they
// stand, so no value can add a line. What is written is read without a complaint, and as the same moments, by libical,
// Python's icalendar, ical.js and go-ical.
package itip
