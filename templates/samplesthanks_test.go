package templates

func thanksSamples() []sample {
	return []sample{
		{"thanked.one", Thanked{For: forAna, Thanks: []ThankedFor{{"Ben Okafor", "the review of the parser", "Re: Which linter, and why?"}}, Off: ticket("o")}},
		{"thanked.many", Thanked{For: forAna, Thanks: []ThankedFor{{"Ben Okafor", "the review", "Re: Which linter, and why?"}, {"chloe@c.example", "", ""},
			{"Dana Levi", "the talk on Thursday", ""}}, Off: ticket("o")}},
	}
}
