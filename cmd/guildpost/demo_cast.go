package main

// A person is somebody in the demo's cast.
type person struct {
	name    string
	address string
	mode    string // how they want their mail: "each", or "weekly" for the one who reads a digest
	own     bool   // whether they want copies of their own posts
	zone    string // "" for the community's
}

// The cast of the demo, all of our own invention: a Rust Guild across three companies.
var (
	ada    = person{"Ada Okafor", "ada@north.example", "each", false, ""}
	ben    = person{"Ben Lindqvist", "ben@north.example", "each", true, ""}
	chloe  = person{"Chloé Marchand", "chloe@strict.example", "each", true, ""}
	dmitri = person{"Dmitri Volkov", "dmitri@harbour.example", "each", true, ""}
	esra   = person{"Esra Yıldız", "esra@harbour.example", "each", true, ""}
	farid  = person{"Farid Haddad", "farid@north.example", "each", true, ""}
	greta  = person{"Greta Sommer", "greta@strict.example", "each", true, ""}
	hiro   = person{"Hiro Tanaka", "hiro@harbour.example", "each", true, "Asia/Tokyo"}
	ines   = person{"Inés Robledo", "ines@north.example", "each", true, ""}
	jonas  = person{"Jonas Weiß", "jonas@harbour.example", "each", true, ""}
	keisha = person{"Keisha Brown", "keisha@north.example", "each", true, ""}
	lars   = person{"Lars Nygaard", "lars@harbour.example", "weekly", true, ""}

	nora = person{"Nora Quist", "nora@harbour.example", "each", true, ""} // joins later

	stranger = person{name: "Mallory Price", address: "mallory@elsewhere.example"}
)

var cast = []person{ada, ben, chloe, dmitri, esra, farid, greta, hiro, ines, jonas, keisha, lars}
