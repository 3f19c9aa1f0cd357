package store

const postErased = 1
