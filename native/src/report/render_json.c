#include "report/report.h"

#include "core/version.h"
#include "report/values.h"

static json_t *tool_json(json_builder *builder, const report *document) {
    json_t *object = json_object();
    json_put(builder, object, "name", json_string("marshealth"));
    json_put(builder, object, "version", json_string(MARSHEALTH_VERSION));
    json_put(builder, object, "evidence_version", json_text(document->tool_version));
    return object;
}

static json_t *machine_json(json_builder *builder, const report *document) {
    json_t *object = json_object();
    json_put(builder, object, "computer_name", json_text(document->computer_name));
    json_put(builder, object, "machine_guid", json_text(document->machine_guid));
    json_put(builder, object, "mars_machine_id", json_text(document->mars_machine_id));
    json_put(builder, object, "os", json_text(document->os_name));
    json_put(builder, object, "build", json_text(document->os_build));
    return object;
}

static json_t *source_json(json_builder *builder, const report *document) {
    json_t *object = json_object();
    json_put(builder, object, "kind", json_text(document->source_kind));
    json_put(builder, object, "name", json_text(document->source_name));
    json_put(builder, object, "as_of", document->has_as_of ? json_time(document->as_of) : json_null());
    json_put(builder, object, "warnings", json_texts(builder, &document->warnings));
    return object;
}

static json_t *next_backup_json(json_builder *builder, const report *document) {
    static const char *const answers[] = {
        [NEXT_BACKUP_STARTS] = "yes",
        [NEXT_BACKUP_FAILS] = "no",
        [NEXT_BACKUP_UNKNOWN] = "unknown",
    };
    json_t *object = json_object();
    json_put(builder, object, "starts", json_string(answers[document->next_backup]));
    json_t *because = json_array();
    for (size_t i = 0; i < all_checks_count; i++) {
        if (next_backup_told_by(document, &all_checks[i])) {
            json_add(builder, because, json_string(all_checks[i].id));
        }
    }
    json_put(builder, object, "because", because);
    return object;
}

static void put_part(json_builder *builder, json_t *object, const finding_part *part) {
    json_put(builder, object, "verdict", json_text(part->code));
    json_put(builder, object, "status", json_string(finding_status_name(part->verdict->status)));
    json_put(builder, object, "title", json_text(part->title));
    json_put(builder, object, "values", values_json(builder, part));
    json_put(builder, object, "where", json_texts(builder, &part->where));
    json_put(builder, object, "cause", json_text(part->cause));
    json_put(builder, object, "advice", json_text(part->advice));
    json_put(builder, object, "command", json_text(part->command));
}

static json_t *also_json(json_builder *builder, const finding *f) {
    json_t *array = json_array();
    for (size_t i = 1; i < f->part_count; i++) {
        json_t *object = json_object();
        put_part(builder, object, &f->parts[i]);
        json_add(builder, array, object);
    }
    return array;
}

static json_t *sources_json(json_builder *builder, const char *const *sources) {
    json_t *array = json_array();
    for (; *sources != NULL; sources++) {
        json_add(builder, array, json_text(*sources));
    }
    return array;
}

static json_t *finding_json(json_builder *builder, const finding *f) {
    json_t *object = json_object();
    json_put(builder, object, "check", json_text(f->check->id));
    json_put(builder, object, "subject", json_text(f->subject));
    json_put(builder, object, "blocking", json_boolean(f->check->blocking));
    put_part(builder, object, &f->parts[0]);
    json_put(builder, object, "repairs", repairs_json(builder, &f->offers));
    json_put(builder, object, "also", also_json(builder, f));
    json_put(builder, object, "sources", sources_json(builder, f->sources));
    return object;
}

static json_t *findings_json(json_builder *builder, const report *document) {
    json_t *array = json_array();
    for (size_t i = 0; i < document->finding_count; i++) {
        json_add(builder, array, finding_json(builder, &document->findings[i]));
    }
    return array;
}

static json_t *summary_json(json_builder *builder, const report *document) {
    json_t *object = json_object();
    for (finding_status status = STATUS_PASS; status <= STATUS_SKIPPED; status++) {
        json_put(builder, object, finding_status_name(status),
                 json_integer((json_int_t)document->summary.count[status]));
    }
    return object;
}

void render_json(text_builder *out, const report *document, bool indent) {
    json_builder builder = {0};
    json_t *object = json_object();
    json_put(&builder, object, "schema", json_string(REPORT_SCHEMA));
    json_put(&builder, object, "tool", tool_json(&builder, document));
    json_put(&builder, object, "machine", machine_json(&builder, document));
    json_put(&builder, object, "source", source_json(&builder, document));
    json_put(&builder, object, "collected",
             document->collected != 0 ? json_time(document->collected) : json_null());
    json_put(&builder, object, "next_backup", next_backup_json(&builder, document));
    json_put(&builder, object, "findings", findings_json(&builder, document));
    json_put(&builder, object, "summary", summary_json(&builder, document));
    json_write(out, &builder, object, indent);
}
