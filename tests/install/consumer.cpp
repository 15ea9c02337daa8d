// The same from C++, with owners for the library's objects.
#include <marshealth.h>

#include <iostream>
#include <memory>

namespace {

template <typename T, void (*Free)(T *)> struct freer {
    void operator()(T *object) const { Free(object); }
};
using session = std::unique_ptr<mars_session, freer<mars_session, mars_session_close>>;
using report = std::unique_ptr<mars_report, freer<mars_report, mars_report_free>>;
using text = std::unique_ptr<mars_text, freer<mars_text, mars_text_free>>;

} // namespace

int main(int argc, char **argv) {
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = argc > 1 ? argv[1] : "";
    mars_session *opened = nullptr;
    mars_report *judged = nullptr;
    mars_text *rendered = nullptr;
    if (mars_session_open(&opened, &options) != MARS_OK) {
        return 1;
    }
    const session owned_session(opened);
    if (mars_check_scheduled_tasks(&judged, opened) != MARS_OK) {
        return 1;
    }
    const report owned_report(judged);
    if (mars_report_render(&rendered, judged, MARS_FORMAT_JSONL, 0) != MARS_OK) {
        return 1;
    }
    const text owned_text(rendered);
    std::cout << mars_text_data(rendered);
    return 0;
}
