# pen_options: what every target of ours is compiled with. No global flags.

set(PEN_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined | thread | empty")
option(PEN_WERROR "Treat warnings as errors" ON)
option(PEN_FUZZ "Build the libFuzzer targets (Clang)" OFF)

add_library(pen_options INTERFACE)
target_compile_features(pen_options INTERFACE c_std_17)
target_compile_definitions(pen_options INTERFACE _GNU_SOURCE PEN_VERSION="${PROJECT_VERSION}")
target_include_directories(pen_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(pen_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wimplicit-fallthrough -Wformat=2
    -Wswitch-enum -fno-common -fstack-protector-strong)
if(PEN_WERROR)
    target_compile_options(pen_options INTERFACE -Werror)
endif()

# Hardening belongs to what is shipped; sanitizers replace it where they run.
if(CMAKE_BUILD_TYPE MATCHES "Release|RelWithDebInfo" AND NOT PEN_SANITIZE)
    target_compile_options(pen_options INTERFACE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fPIE -fstack-clash-protection
        $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection=full>)
    target_link_options(pen_options INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

if(PEN_SANITIZE)
    target_compile_options(pen_options INTERFACE
        -fsanitize=${PEN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g)
    target_link_options(pen_options INTERFACE -fsanitize=${PEN_SANITIZE})
endif()
if(PEN_FUZZ)
    target_compile_options(pen_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(PEN_COVERAGE)
    target_compile_options(pen_options INTERFACE --coverage)
    target_link_options(pen_options INTERFACE --coverage)
endif()
