@echo off
rem Starts Millrace on Windows: finds a JDK 25, then becomes the program.
rem   MILLRACE_JAVA_HOME  the JDK to use, if not one that is found
rem   MILLRACE_JAVA_OPTS  more JVM flags, such as -Xmx4g
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0"
set "java="
set "jar=%root%lib\millrace.jar"
if not exist "%jar%" (
  echo millrace: "%jar%" is missing: unpack the whole archive 1>&2
  exit /b 2
)
if defined MILLRACE_JAVA_HOME (
  call :try "%MILLRACE_JAVA_HOME%"
  if not defined java (
    echo millrace: MILLRACE_JAVA_HOME is not a JDK 25: correct it, or unset it to have one looked for 1>&2
    exit /b 2
  )
)
if not defined java if defined JAVA_HOME call :try "%JAVA_HOME%"
if not defined java for %%p in (java.exe) do if not "%%~$PATH:p"=="" for %%h in ("%%~dp$PATH:p..") do call :try "%%~fh"
if not defined java for /d %%h in ("%ProgramFiles%\Eclipse Adoptium\jdk-25*" "%ProgramFiles%\Java\jdk-25*" "%ProgramFiles%\Microsoft\jdk-25*" "%ProgramFiles%\Zulu\zulu-25*" "%USERPROFILE%\.jdks\*25*") do if not defined java call :try "%%~fh"
if not defined java (
  echo millrace: needs a JDK 25: install one, for example from https://adoptium.net, or point MILLRACE_JAVA_HOME to it 1>&2
  exit /b 2
)
"%java%" "@%root%lib\jvm.options" %MILLRACE_JAVA_OPTS% -jar "%jar%" %*
exit /b %ERRORLEVEL%

rem Sets java if the folder is a Java 25.
:try
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
findstr /r /c:"^JAVA_VERSION=.25[^0-9]" "%~1\release" >nul || exit /b 0
set "java=%~1\bin\java.exe"
exit /b 0
