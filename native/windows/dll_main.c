/* The DLL's entry. libxml2 keeps a state for each thread that used it, which is freed here when the thread
 * ends. */
#include <libxml/xmlversion.h>
#include <windows.h>

/* libxml2's header declares it only while libxml2 itself is being built. */
int XMLCALL xmlDllMain(void *instance, unsigned long reason, void *reserved);
BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved);

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) {
    return reason == DLL_THREAD_DETACH ? xmlDllMain(instance, reason, reserved) : TRUE;
}
