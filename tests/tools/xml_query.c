/* xml_query XPATH: the text that XPATH gives for the XML document on standard input. Exit code 1 if that is
 * not well-formed, 2 for anything else. */
#include <libxml/parser.h>
#include <libxml/xpath.h>

#include <stdio.h>

static int print_value(xmlDoc *document, const char *query) {
    xmlXPathContext *context = xmlXPathNewContext(document);
    xmlXPathObject *value = context != NULL ? xmlXPathEvalExpression((const xmlChar *)query, context) : NULL;
    xmlChar *text = value != NULL ? xmlXPathCastToString(value) : NULL;
    int code = text != NULL && puts((const char *)text) >= 0 ? 0 : 2;
    xmlFree(text);
    xmlXPathFreeObject(value);
    xmlXPathFreeContext(context);
    return code;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        (void)fputs("usage: xml_query XPATH < FILE\n", stderr);
        return 2;
    }
    xmlDoc *document = xmlReadFd(fileno(stdin), "standard input", NULL, XML_PARSE_NONET);
    int code = document != NULL ? print_value(document, argv[1]) : 1;
    xmlFreeDoc(document);
    xmlCleanupParser();
    return code;
}
