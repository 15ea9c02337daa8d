using System.Reflection;
using Xunit;

namespace MarsHealth.Interop.Tests;

/// <summary>The examples of docs/dotnet.md, which examples.sh made methods of.</summary>
public class DocumentationTests
{
    [ImageFact]
    public void Every_example_of_the_documentation_works()
    {
        MethodInfo[] examples = typeof(DocumentedExamples).GetMethods(BindingFlags.Static | BindingFlags.Public);
        Assert.True(examples.Length >= 5, "examples are missing");
        foreach (MethodInfo example in examples)
        {
            using var image = new ImageCopy();
            example.Invoke(null, [image.Path]);
        }
    }
}
