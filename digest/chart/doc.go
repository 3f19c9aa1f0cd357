// Package chart draws the small figures that stand beside numbers in mails: how something went (Line), how much there was
// (Bars), which meetings were held and by how many (Strip), and how many are how active (Levels).
//
// It is pure: the same values give the same bytes. A Figure is a list of shapes with a size in CSS pixels, and is written as
// PNG of twice that size, for displays that show it so, or as SVG. Its ground is transparent, and its colours are given by
// the caller, who takes such as can be seen on a light page and on a dark one (templates.ChartColours): mail programs change
// the page's colours, and leave pictures alone.
//
// No figure says anything that does not stand in words beside it. They are drawn by our own few shapes over the rasterizer of
// golang.org/x/image rather than by a library of charts: those bring axes, legends and megabytes, and most fail on no or one
// value, which is what a young community has.
package chart
