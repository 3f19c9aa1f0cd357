package templates

// Thanked tells somebody who thanked them since the last such mail.
type Thanked struct {
	For
	Thanks []ThankedFor
	Off    Ticket // no more of these
}

// A ThankedFor is one thanks.
type ThankedFor struct {
	Name    string // of who thanks
	Note    string // for what; may be empty
	Subject string // of the post that it stands in; may be empty
}
