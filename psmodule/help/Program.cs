// Makes MarsHealth's help: usage: MarsHealth.Help ASSEMBLY PAGES OUTPUT
//
// ASSEMBLY  the compiled cmdlets; what they depend on lies beside it
// PAGES     the folder with a page for each cmdlet (docs/cmdlets)
// OUTPUT    the file to write: the assembly's name and -Help.xml

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MarsHealth.Help;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length != 3)
        {
            Console.Error.WriteLine("usage: MarsHealth.Help ASSEMBLY PAGES OUTPUT");
            return 2;
        }
        var faults = new List<string>();
        var cmdlets = CmdletReader.Read(arguments[0]);
        var pages = new Dictionary<string, HelpPage>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(arguments[1], "*-*.md").OrderBy(name => name, StringComparer.Ordinal))
        {
            pages[Path.GetFileNameWithoutExtension(file)] = HelpPage.Read(file, faults);
        }
        Completeness.Check(cmdlets, pages, faults);
        foreach (var fault in faults)
        {
            Console.Error.WriteLine($"{arguments[1]}: error: {fault}");
        }
        if (faults.Count > 0)
        {
            return 1;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(arguments[2]))!);
        MamlWriter.Write(cmdlets, pages, arguments[2]);
        return 0;
    }
}
