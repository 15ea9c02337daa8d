# Embeds native/catalog/ in the library: tables generated from JSON at build time, by CMake itself, so that a cross build
# needs no program of its own.
function(marshealth_embed_catalog target)
endfunction()
