/* Reads the calendar files named with libical, and prints for each what it found wrong and when the events take place:
   "FILE<tab>error<tab>TEXT" and "FILE<tab>UTC UTC …". Built by the peer test. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print(icalcomponent *event, struct icaltime_span *span, void *data)
{
    char text[32];
    time_t start = span->start;
    (void)event, (void)data;
    strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", gmtime(&start));
    printf(" %s", text);
}

/* errors prints each X-LIC-ERROR that the parser left in the tree. */
static void errors(const char *file, icalcomponent *c)
{
    icalproperty *p;
    icalcomponent *child;
    for (p = icalcomponent_get_first_property(c, ICAL_XLICERROR_PROPERTY); p; p = icalcomponent_get_next_property(c, ICAL_XLICERROR_PROPERTY))
        printf("%s\terror\t%s\n", file, icalproperty_get_xlicerror(p));
    for (child = icalcomponent_get_first_component(c, ICAL_ANY_COMPONENT); child; child = icalcomponent_get_next_component(c, ICAL_ANY_COMPONENT))
        errors(file, child);
}

static char *slurp(const char *file)
{
    char *text = calloc(1, 1 << 20);
    FILE *f = fopen(file, "rb");
    if (!f || !text || !fread(text, 1, (1 << 20) - 1, f))
        exit(2);
    fclose(f);
    return text;
}

int main(int argc, char **argv)
{
    struct icaltimetype from = icaltime_from_string("20200101T000000Z"), to = icaltime_from_string("20400101T000000Z");
    for (int i = 1; i < argc; i++) {
        icalcomponent *root = icalparser_parse_string(slurp(argv[i])), *event;
        if (!root || icalcomponent_isa(root) != ICAL_VCALENDAR_COMPONENT) {
            printf("%s\terror\tnot read\n", argv[i]);
            continue;
        }
        errors(argv[i], root);
        if (!icalrestriction_check(root))
            errors(argv[i], root);
        printf("%s\t", argv[i]);
        event = icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT);
        icalcomponent_foreach_recurrence(event, from, to, print, NULL);
        printf("\n");
    }
    return 0;
}
