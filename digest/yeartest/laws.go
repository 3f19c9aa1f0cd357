package yeartest

// Months is how many a year has here.
const Months = 14

// A Curve is a value for each month, September 2025 first.
type Curve [Months]float64

func flat(v float64) (c Curve) {
	for i := range c {
		c[i] = v
	}
	return c
}

// A Law says how a community lives: see the package comment.
type Law struct {
	Name, Title, Purpose string
	Colour               string
	Zone, Language       string
	Regions              map[string]int // of the regions in names.go, in a hundred
	Founders             int
	Topics               []Topic
	Places               []string // that topics are about

	Joins, Leaves, CoreLeaves Curve // people a month; chances a month
	Threads                   Curve // on a working day
	Answered, Welcomed        Curve // chances
	Hours                     Curve // the median time to an answer
	GoesOn, ByFacilitators    Curve // chances
	Solved, Thanked           float64

	Every                      int // days from a meeting to the next
	Hour                       int // on the clocks of Zone
	Meeting                    string
	Subjects                   []string // of meetings, in turn
	Cancelled, Responds, Shows Curve
	Rating                     int
	FacilitatorsBegin          Curve   // of new threads
	Followed                   float64 // chance of minutes
}

// Thriving is a community that grows, answers within a few hours, and welcomes who is new.
var Thriving = Law{
	Name: "access", Title: "Accessibility Circle", Purpose: "We make what we build usable for everybody, and tell each other how.",
	Colour: "#0B6E4F", Zone: "Europe/Berlin", Language: "en",
	Regions:  map[string]int{"germany": 40, "spain": 20, "britain": 20, "india": 10, "america": 10},
	Founders: 48, Topics: accessTopics, Places: accessPlaces,
	Joins:      Curve{3, 3, 4, 2, 5, 5, 6, 5, 6, 5, 4, 3, 7, 7},
	Leaves:     flat(.012),
	CoreLeaves: flat(.004),
	Threads:    Curve{.8, .8, .9, .8, 1, 1, 1.1, 1.1, 1.2, 1.2, 1.1, 1, 1.3, 1.4},
	Answered:   flat(.93), Welcomed: flat(.97), Hours: Curve{7, 7, 6, 7, 6, 5, 5, 5, 5, 4, 5, 6, 4, 4},
	GoesOn: flat(.66), ByFacilitators: flat(.12), Solved: .4, Thanked: .3,
	Every: 14, Hour: 15, Meeting: "Clinic", Subjects: accessMeetings,
	Cancelled: flat(.03), Responds: flat(.95), Shows: flat(.86), Rating: 4, FacilitatorsBegin: flat(.08), Followed: .8,
}

// Fading is a community that loses its core in spring. After that its facilitators write most of what is written, questions
// wait, and meetings are called off.
var Fading = Law{
	Name: "ledger", Title: "Ledger Exchange", Purpose: "Bookkeepers of small houses help each other through the year.",
	Colour: "#6B4E9B", Zone: "Europe/London", Language: "en",
	Regions:  map[string]int{"britain": 60, "germany": 15, "america": 15, "spain": 10},
	Founders: 44, Topics: ledgerTopics, Places: ledgerPlaces,
	Joins:      Curve{2, 2, 2, 1, 2, 2, 1, .8, .6, .4, .4, .3, .5, .7},
	Leaves:     Curve{.01, .01, .01, .01, .02, .03, .05, .07, .07, .06, .05, .04, .05, .05},
	CoreLeaves: Curve{0, 0, 0, 0, 0, 0, .35, .45, .45, .2, .1, .1, .1, .1},
	Threads:    Curve{.8, .8, .8, .7, .8, .7, .6, .5, .45, .4, .35, .35, .4, .4},
	Answered:   Curve{.9, .9, .9, .88, .85, .8, .65, .5, .42, .38, .34, .3, .3, .28},
	Welcomed:   Curve{.9, .9, .85, .85, .8, .7, .4, .2, .1, .1, .1, .1, .1, .05},
	Hours:      Curve{8, 8, 8, 9, 10, 14, 24, 36, 48, 60, 60, 72, 60, 60},
	GoesOn:     Curve{.6, .6, .6, .6, .55, .5, .35, .25, .2, .15, .15, .1, .1, .1},
	// The facilitators try to keep it going.
	ByFacilitators: Curve{.15, .15, .15, .15, .2, .25, .5, .6, .7, .8, .9, .9, .9, .9}, Solved: .2, Thanked: .06,
	Every: 28, Hour: 12, Meeting: "Lunch", Subjects: ledgerMeetings,
	Cancelled: Curve{0, 0, 0, 0, .05, .1, .3, .5, .6, .8, 1, 1, 1, 1}, Responds: Curve{.9, .9, .9, .85, .8, .7, .5, .4, .3, .3, .25, .2, .2, .2},
	Shows: Curve{.8, .8, .8, .8, .75, .7, .6, .5, .5, .4, .4, .4, .4, .4}, Rating: 3,
	FacilitatorsBegin: Curve{.1, .1, .1, .1, .15, .2, .35, .45, .55, .6, .65, .65, .65, .65}, Followed: .4,
}
