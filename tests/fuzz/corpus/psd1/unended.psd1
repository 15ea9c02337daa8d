@{ A = if ($x) { 1 } elseif ($PSEdition -ne 'Core') { 2; 3 }
 B = "unended }